#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/rng.h"
#include "search/evolve/measured_set.h"
#include "search/tuner/options.h"

namespace tilewright::search {

using IsNew = std::function<bool(const Candidate&)>;

/// What is measured of `ranked`, the best predicted first: at most `count`, few of them twins; then random ones from
/// further down. `shares`, if there are any: of the batch, per sketch, as nearly as whole slots and what there is
/// allow; what a sketch can't fill goes to the best predicted of the others that have a share. `is_new`, asked of each
/// state that is about to be picked, once: false for one whose program is known.
std::vector<Candidate> pick_batch(const std::vector<Candidate>& ranked, int count, const EvolutionOptions& options,
                                  const std::vector<double>& shares, const IsNew& is_new, Rng& rng);

/// Hash of what decides the inner loops: the sketch and the innermost length of every split. States that share it are
/// twins: the cost model can hardly tell them apart, so a batch should not consist of them.
std::uint64_t twin_key(const Candidate& candidate);

}  // namespace tilewright::search
