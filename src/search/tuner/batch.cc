#include "search/tuner/batch.h"

#include <cmath>
#include <unordered_map>

#include "base/hash.h"

namespace tilewright::search {
namespace {

/// Whole slots per sketch that add up to about `slots`: rounded up or down by chance, so that small shares get theirs
/// in the long run.
std::vector<int> allot(const std::vector<double>& shares, int slots, Rng& rng) {
  std::vector<int> allotted;
  for (double share : shares) allotted.push_back(static_cast<int>(std::floor(share * slots + rng.uniform())));
  return allotted;
}

}  // namespace

std::vector<Candidate> pick_batch(const std::vector<Candidate>& ranked, int count, const EvolutionOptions& options,
                                  const std::vector<double>& shares, const IsNew& is_new, Rng& rng) {
  const int random = static_cast<int>(std::floor(count * options.random_share + rng.uniform()));
  const auto good = static_cast<std::size_t>(count - random);
  std::vector<int> slots = allot(shares, count - random, rng);
  std::vector<Candidate> batch;
  std::vector<const Candidate*> left;
  std::unordered_map<std::uint64_t, int> twins;
  const auto has_slot = [&](const Candidate& c) {
    return slots.empty() || c.sketch < 0 || slots[static_cast<std::size_t>(c.sketch)] > 0;
  };
  const auto take_slot = [&](const Candidate& c) {
    if (!slots.empty() && c.sketch >= 0) --slots[static_cast<std::size_t>(c.sketch)];
  };
  for (const Candidate& c : ranked) {
    if (batch.size() >= good || !has_slot(c) || ++twins[twin_key(c)] > options.diversity_cap) {
      left.push_back(&c);
    } else if (is_new(c)) {
      take_slot(c);
      batch.push_back(c);
    } else {
      --twins[twin_key(c)];
    }
  }
  const auto has_share = [&](const Candidate& c) {
    return shares.empty() || c.sketch < 0 || shares[static_cast<std::size_t>(c.sketch)] > 0;
  };
  for (auto at = left.begin(); !shares.empty() && batch.size() < good && at != left.end();) {
    const bool fits = has_share(**at) && ++twins[twin_key(**at)] <= options.diversity_cap;
    if (fits && is_new(**at)) batch.push_back(**at);
    at = fits ? left.erase(at) : at + 1;
  }
  while (static_cast<int>(batch.size()) < count && !left.empty()) {
    const auto at = rng.below(static_cast<std::int64_t>(left.size()));
    const Candidate& drawn = *left[static_cast<std::size_t>(at)];
    if (is_new(drawn)) batch.push_back(drawn);
    left.erase(left.begin() + at);
  }
  return batch;
}

std::uint64_t twin_key(const Candidate& candidate) {
  std::uint64_t key = static_cast<std::uint64_t>(candidate.sketch + 1);
  for (int i = 0; i < candidate.state().num_steps(); ++i)
    if (const auto* split = std::get_if<schedule::SplitStep>(&candidate.state().step(i));
        split && !split->lengths.empty())
      key = hash_mix(key, static_cast<std::uint64_t>(split->lengths.back()));
  return key;
}

}  // namespace tilewright::search
