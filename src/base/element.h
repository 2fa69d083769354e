#pragma once

#include <cstdint>

#include "base/dtype.h"
#include "base/number.h"

namespace tilewright {

/// Element `index` of a dense array of `type`.
Number load_element(DType type, const void* data, std::int64_t index);

/// Writes `value` as `type` holds it: floats rounded to the nearest (base/rounding.h), integers reduced to their width.
void store_element(DType type, void* data, std::int64_t index, const Number& value);

}  // namespace tilewright
