#pragma once

#include <string>
#include <vector>

#include "base/rng.h"

namespace tilewright::fuzz {

/// Flips, inserts, drops, doubles or cuts off bytes, or goes on with a piece of another of `inputs`.
void mutate_bytes(std::string& input, const std::vector<std::string>& inputs, Rng& rng);

/// Large enough that 32 bits no longer count what a few such lengths multiply to.
inline constexpr std::size_t kMostBytes = std::size_t{64} << 20;

/// Puts an awkward number where a length may stand (as bytes of either order, or as protobuf writes it), or makes the
/// input long: mostly by some KiB, now and then up to kMostBytes.
void mutate_lengths(std::string& input, Rng& rng);

/// A number that programs trip over now and then: small ones, powers of two and their neighbours, the extremes.
std::int64_t awkward_number(Rng& rng);

}  // namespace tilewright::fuzz
