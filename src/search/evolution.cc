#include "search/evolution.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "base/parallel_for.h"
#include "search/settle.h"

namespace tilewright::search {

/// The states of a round that were scored, each once, best first when sorted.
class Evolution::Pool {
 public:
  explicit Pool(const MeasuredSet& measured) : measured_(measured) {}

  /// Leaves only those that are new to the pool and were not measured.
  void keep_new(std::vector<Candidate>& candidates) {
    std::erase_if(candidates,
                  [&](const Candidate& c) { return measured_.contains(c.hash) || !hashes_.insert(c.hash).second; });
  }
  void add(std::vector<Candidate> candidates) {
    for (Candidate& c : candidates)
      if (std::isfinite(c.score)) states_.push_back(std::move(c));
    std::stable_sort(states_.begin(), states_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  }
  const std::vector<Candidate>& states() const { return states_; }

 private:
  const MeasuredSet& measured_;
  std::unordered_set<std::uint64_t> hashes_;
  std::vector<Candidate> states_;
};

namespace {

constexpr int kTournament = 3;  ///< states that compete to become a parent

/// Positions in [0, size), lower ones (better states) more likely: the least of a few draws.
std::size_t tournament(std::size_t size, Rng& rng) {
  std::int64_t best = rng.below(static_cast<std::int64_t>(size));
  for (int i = 1; i < kTournament; ++i) best = std::min(best, rng.below(static_cast<std::int64_t>(size)));
  return static_cast<std::size_t>(best);
}

std::vector<Rng> fork(int count, Rng& rng) {
  std::vector<Rng> sources;
  for (int i = 0; i < count; ++i) sources.push_back(rng.fork());
  return sources;
}

std::vector<Candidate> present(std::vector<std::optional<Candidate>> slots) {
  std::vector<Candidate> candidates;
  for (auto& slot : slots)
    if (slot) candidates.push_back(std::move(*slot));
  return candidates;
}

/// What is measured: the best predicted, but few twins; then random ones from further down.
std::vector<Candidate> pick(const std::vector<Candidate>& ranked, int count, const EvolutionOptions& options,
                            Rng& rng) {
  const int random = static_cast<int>(std::floor(count * options.random_share + rng.uniform()));
  std::vector<Candidate> batch;
  std::vector<const Candidate*> left;
  std::unordered_map<std::uint64_t, int> twins;
  for (const Candidate& c : ranked) {
    const bool good = static_cast<int>(batch.size()) < count - random && ++twins[twin_key(c)] <= options.twins;
    if (good)
      batch.push_back(c);
    else
      left.push_back(&c);
  }
  while (static_cast<int>(batch.size()) < count && !left.empty()) {
    const auto at = rng.below(static_cast<std::int64_t>(left.size()));
    batch.push_back(*left[static_cast<std::size_t>(at)]);
    left.erase(left.begin() + at);
  }
  return batch;
}

}  // namespace

std::uint64_t twin_key(const Candidate& candidate) {
  std::uint64_t key = static_cast<std::uint64_t>(candidate.sketch + 1);
  for (int i = 0; i < candidate.state.num_steps(); ++i)
    if (const auto* split = std::get_if<schedule::SplitStep>(&candidate.state.step(i));
        split && !split->lengths.empty())
      key = hash_mix(key, static_cast<std::uint64_t>(split->lengths.back()));
  return key;
}

Evolution::Evolution(const measure::Task& task, const space::SearchSpace& space, cost::CostModel& model,
                     SketchPolicy& sketches, MutationPolicy& mutations, const EvolutionOptions& options, int threads)
    : task_(task),
      space_(space),
      model_(model),
      sketches_(sketches),
      mutations_(mutations),
      options_(options),
      threads_(threads) {}

std::vector<Candidate> Evolution::breed(const MeasuredSet& measured, int count, Rng& rng) {
  Pool pool(measured);
  std::vector<Candidate> fresh = sample(options_.population, rng);
  pool.keep_new(fresh);
  score(fresh);
  pool.add(std::move(fresh));
  const int children_per_generation = static_cast<int>(options_.population * options_.mutation_share);
  for (int g = 0; g < options_.generations; ++g) {
    std::vector<Candidate> next = mutate(choose_parents(measured, pool, children_per_generation, rng), rng);
    std::vector<Candidate> more = sample(options_.population - children_per_generation, rng);
    std::move(more.begin(), more.end(), std::back_inserter(next));
    pool.keep_new(next);
    score(next);
    report(next);
    pool.add(std::move(next));
  }
  return pick(pool.states(), count, options_, rng);
}

std::vector<Candidate> Evolution::sample(int count, Rng& rng) const {
  std::vector<Rng> sources = fork(count, rng);
  std::vector<std::optional<Candidate>> slots(sources.size());
  const int sketches = static_cast<int>(space_.sketches().size());
  parallel_for(count, threads_, [&](int i) {
    Rng& own = sources[static_cast<std::size_t>(i)];
    const int sketch = sketches_.choose(sketches, own);
    auto state = space_.sample(sketch, own);
    if (!state) return;
    if (const auto hash = settle(*state))
      slots[static_cast<std::size_t>(i)] = Candidate{std::move(*state), *hash, sketch};
  });
  return present(std::move(slots));
}

std::vector<const Candidate*> Evolution::choose_parents(const MeasuredSet& measured, const Pool& pool, int count,
                                                        Rng& rng) const {
  const auto& elites = measured.valid();
  const std::size_t good = std::min(elites.size(), static_cast<std::size_t>(options_.elites));
  const std::size_t predicted = std::min(pool.states().size(), static_cast<std::size_t>(options_.population));
  std::vector<const Candidate*> parents;
  for (int i = 0; i < count && good + predicted > 0; ++i) {
    const bool elite = good > 0 && (predicted == 0 || rng.chance(options_.elite_share));
    parents.push_back(elite ? &elites[tournament(good, rng)].candidate : &pool.states()[tournament(predicted, rng)]);
  }
  return parents;
}

std::vector<Candidate> Evolution::mutate(const std::vector<const Candidate*>& parents, Rng& rng) const {
  std::vector<Rng> sources = fork(static_cast<int>(parents.size()), rng);
  std::vector<std::optional<Candidate>> slots(parents.size());
  parallel_for(static_cast<int>(parents.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    const Candidate& parent = *parents[at];
    const int mutation = mutations_.choose(parent.state, sources[at]);
    auto state = space_.mutate(parent.state, mutation, sources[at]);
    if (!state) return;
    if (const auto hash = settle(*state))
      slots[at] = Candidate{std::move(*state), *hash, parent.sketch, mutation, parent.score};
  });
  return present(std::move(slots));
}

void Evolution::score(std::vector<Candidate>& candidates) const {
  std::vector<schedule::State> states;
  for (const Candidate& c : candidates) states.push_back(c.state);
  const std::vector<double> scores = model_.predict(task_, states);
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].score = scores[i];
}

void Evolution::report(const std::vector<Candidate>& children) {
  std::vector<MutationPolicy::Outcome> outcomes;
  for (const Candidate& c : children)
    if (c.mutation >= 0) outcomes.push_back({c.mutation, c.parent_score, c.score});
  mutations_.observe(outcomes);
}

}  // namespace tilewright::search
