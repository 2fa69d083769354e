#pragma once

#include <string>
#include <string_view>

#include "loop/program.h"

// What the printer and the parser of programs agree on; the grammar is in docs/passes.md.

namespace tilewright::loop {

/// The word that a loop begins with: "for", "parallel", …
std::string_view name_of(LoopKind kind);

/// Whether a name may hold the character without quotes.
bool is_plain(char c);
/// The name as it is, or in quotes if it holds other characters: `C.local`, `"conv 1"`. A backslash stands before
/// quotes and backslashes, and for a line's end there is `\n`.
std::string quoted(const std::string& name);

}  // namespace tilewright::loop
