#include "search/evolve/evolution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_set>

#include "base/parallel_for.h"

namespace tilewright::search {

/// The states of a round that were scored, each once, best first when sorted.
class Evolution::Pool {
 public:
  explicit Pool(const MeasuredSet& measured) : measured_(measured) {}

  /// Leaves only those that are new to the pool and were not measured.
  void keep_new(std::vector<Candidate>& candidates) {
    std::erase_if(candidates,
                  [&](const Candidate& c) { return measured_.contains(c.hash()) || !hashes_.insert(c.hash()).second; });
  }
  void add(std::vector<Candidate> candidates) {
    for (Candidate& c : candidates)
      if (std::isfinite(c.score)) states_.push_back(std::move(c));
    std::stable_sort(states_.begin(), states_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  }
  const std::vector<Candidate>& states() const { return states_; }
  /// The score that a state must have to be among the best kGood; infinitely low while there are fewer.
  double bar() const {
    return states_.size() < kGood ? -std::numeric_limits<double>::infinity() : states_[kGood - 1].score;
  }

 private:
  static constexpr std::size_t kGood = 64;
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

}  // namespace

Evolution::Evolution(const task::Task& task, backend::TargetRef target, const space::SearchSpace& space,
                     cost::CostModel& model, SketchPolicy& sketches, MutationPolicy& mutations,
                     const EvolutionOptions& options, int threads)
    : task_(task),
      target_(std::move(target)),
      space_(space),
      model_(model),
      sketches_(sketches),
      mutations_(mutations),
      options_(options),
      threads_(threads) {}

std::vector<Candidate> Evolution::breed(const MeasuredSet& measured, int count, const IsNew& is_new, Rng& rng) {
  trace_ = {.shares = sketches_.shares(),
            .attempts = std::vector<int>(space_.mutations().size(), 0),
            .better = std::vector<int>(space_.mutations().size(), 0)};
  Pool pool(measured);
  std::vector<Candidate> fresh = sample(options_.population, rng);
  pool.keep_new(fresh);
  score(fresh);
  pool.add(std::move(fresh));
  const int children_per_generation = static_cast<int>(options_.population * options_.mutation_share);
  for (int g = 0; g < options_.generations; ++g) {
    const double bar = pool.bar();
    std::vector<Attempt> attempts;
    std::vector<Candidate> next = mutate(choose_parents(measured, pool, children_per_generation, rng), attempts, rng);
    std::vector<Candidate> more = sample(options_.population - children_per_generation, rng);
    std::move(more.begin(), more.end(), std::back_inserter(next));
    pool.keep_new(next);
    score(next);
    report(next, std::move(attempts), bar);
    pool.add(std::move(next));
  }
  std::vector<double> slots;
  if (sketches_.allots_slots()) slots = sketches_.slots(shares_of_first(pool.states(), count));
  return pick_batch(pool.states(), count, options_, slots, is_new, rng);
}

std::vector<double> Evolution::shares_of_first(const std::vector<Candidate>& ranked, int count) const {
  std::vector<double> shares(space_.sketches().size(), 0);
  const std::size_t first = std::min(ranked.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < first; ++i)
    if (ranked[i].sketch >= 0) shares[static_cast<std::size_t>(ranked[i].sketch)] += 1.0 / static_cast<double>(first);
  return shares;
}

std::vector<Candidate> Evolution::sample(int count, Rng& rng) const {
  std::vector<Rng> sources = fork(count, rng);
  std::vector<std::optional<Candidate>> slots(sources.size());
  parallel_for(count, threads_, [&](int i) {
    Rng& own = sources[static_cast<std::size_t>(i)];
    const int sketch = draw_by_odds(trace_.shares, own);
    auto state = space_.sample(sketch, own);
    if (!state) return;
    backend::ScheduledProgram program(std::move(*state), target_);
    if (program.has_bounds()) slots[static_cast<std::size_t>(i)] = Candidate{std::move(program), sketch};
  });
  return present(std::move(slots));
}

std::vector<Evolution::Parent> Evolution::choose_parents(const MeasuredSet& measured, const Pool& pool, int count,
                                                         Rng& rng) const {
  // One group per sketch if the policy says how much each sketch gets, else one for all.
  const std::size_t groups = sketches_.allots_slots() ? trace_.shares.size() : 1;
  std::vector<std::vector<Parent>> elites(groups), predicted(groups);
  const auto add = [&](std::vector<std::vector<Parent>>& to, const Candidate& c, double time_s, int most) {
    for (std::size_t group = 0; group < groups; ++group)
      if ((groups == 1 || c.sketch < 0 || c.sketch == static_cast<int>(group)) && std::ssize(to[group]) < most)
        to[group].push_back({&c, time_s});
  };
  for (const MeasuredSet::Entry& entry : measured.valid()) add(elites, entry.candidate, entry.time_s, options_.elites);
  for (const Candidate& c : pool.states()) add(predicted, c, kNever, options_.population);

  std::vector<Parent> parents;
  for (int i = 0; i < count; ++i) {
    const auto group = groups > 1 ? static_cast<std::size_t>(draw_by_odds(trace_.shares, rng)) : 0;
    const std::vector<Parent>&good = elites[group], &hopeful = predicted[group];
    if (good.empty() && hopeful.empty()) continue;
    const bool elite = !good.empty() && (hopeful.empty() || rng.chance(options_.elite_share));
    const std::vector<Parent>& chosen = elite ? good : hopeful;
    parents.push_back(chosen[tournament(chosen.size(), rng)]);
  }
  return parents;
}

std::vector<Candidate> Evolution::mutate(const std::vector<Parent>& parents, std::vector<Attempt>& attempts,
                                         Rng& rng) const {
  std::vector<Rng> sources = fork(static_cast<int>(parents.size()), rng);
  std::vector<std::optional<Candidate>> slots(parents.size());
  attempts.resize(parents.size());
  parallel_for(static_cast<int>(parents.size()), threads_, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    Rng& own = sources[at];
    const Candidate& parent = *parents[at].candidate;
    const schedule::State& mate = parents[static_cast<std::size_t>(own.below(std::ssize(parents)))].candidate->state();
    const auto [mutation, retilings, features] = mutations_.choose({parent.state(), model_.knows()}, own);
    attempts[at] = {mutation, features, 0};
    auto state = retilings.empty() ? space_.mutate(parent.state(), mutation, own, &mate)
                                   : space_.retile(parent.state(), retilings);
    if (!state) return;
    const int sketch = space_.sketch_of(*state);
    slots[at] =
        Candidate{{std::move(*state), target_}, sketch, mutation, parent.score, 0, i, parents[at].time_s, features};
  });
  return present(std::move(slots));
}

void Evolution::score(std::vector<Candidate>& candidates) const {
  const std::vector<double> scores = model_.predict(task_, programs_of(candidates));
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i].score = scores[i];
}

/// Tells the mutation policy what came of every attempt. A child gains as far as it is above its parent and above the
/// bar, in standard deviations of the children.
void Evolution::report(const std::vector<Candidate>& children, std::vector<Attempt> attempts, double bar) {
  double sum = 0, squares = 0, n = 0;
  for (const Candidate& c : children)
    if (c.mutation >= 0 && std::isfinite(c.score)) sum += c.score, squares += c.score * c.score, ++n;
  const double variance = n > 1 ? squares / n - sum / n * (sum / n) : 0;
  const double deviation = variance > 0 ? std::sqrt(variance) : 1;
  for (const Attempt& attempt : attempts) ++trace_.attempts[static_cast<std::size_t>(attempt.mutation)];
  for (const Candidate& c : children) {
    if (c.mutation < 0 || !std::isfinite(c.score)) continue;
    attempts[static_cast<std::size_t>(c.attempt)].gain = (c.score - std::max(c.parent_score, bar)) / deviation;
    trace_.better[static_cast<std::size_t>(c.mutation)] += c.score > c.parent_score;
  }
  if (model_.knows()) mutations_.observe(attempts);
}

}  // namespace tilewright::search
