#pragma once

#include <string>
#include <vector>

#include "base/rng.h"

namespace tilewright::fuzz {

/// Flips, inserts, drops, doubles or cuts off bytes, or goes on with a piece of another of `inputs`.
void mutate_bytes(std::string& input, const std::vector<std::string>& inputs, Rng& rng);

/// A number that programs trip over now and then: small ones, powers of two and their neighbours, the extremes.
std::int64_t awkward_number(Rng& rng);

}  // namespace tilewright::fuzz
