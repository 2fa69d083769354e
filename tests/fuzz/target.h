#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"

/// What a fuzz target is made of. Each target file defines these three; libfuzzer_entry.cc or seeded_main.cc calls
/// them.
namespace tilewright::fuzz {

/// Valid inputs to start from.
std::vector<std::string> seeds();

/// Reads the input as a user's. Returns whatever is wrong with it; what escapes (an exception that is not an Error, a
/// crash, a report of a sanitizer) is a bug.
void test_one_input(std::string_view input);

/// Changes the input where its format allows it: one number, name or node rather than one byte. Leaves it as it is when
/// it can't be read.
void mutate_form(std::string& input, Rng& rng);

}  // namespace tilewright::fuzz
