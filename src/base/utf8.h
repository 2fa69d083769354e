#pragma once

#include <string_view>

namespace tilewright {

/// Whether the text can be shown and written as JSON. Source: The Unicode Standard, table 3-7.
bool is_utf8(std::string_view text);

}  // namespace tilewright
