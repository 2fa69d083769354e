#include <algorithm>

#include "space/mutate/mutations.h"
#include "space/pragmas.h"

namespace tilewright::space {
namespace {

using Limit = decltype(kUnrollLimits)::const_iterator;

/// A child in which `choose(limit)` (end: none) takes the place of the limit of a random reduction.
std::optional<schedule::State> with_limit(const schedule::State& parent, Rng& rng, const auto& choose) {
  std::vector<int> pragmas;
  for (int i = 0; i < parent.num_steps(); ++i)
    if (const auto* pragma = std::get_if<schedule::PragmaStep>(&parent.step(i)); pragma && !other_hint(*pragma))
      pragmas.push_back(i);
  if (pragmas.empty()) return std::nullopt;
  const int chosen = pragmas[static_cast<std::size_t>(rng.below(std::ssize(pragmas)))];
  schedule::PragmaStep pragma = std::get<schedule::PragmaStep>(parent.step(chosen));
  const Limit old = std::ranges::find(kUnrollLimits, pragma.text, unroll_pragma);
  const Limit limit = choose(old);
  if (limit == kUnrollLimits.end() || limit == old) return std::nullopt;
  pragma.text = unroll_pragma(*limit);
  Result<schedule::State> child = parent.with_step(chosen, std::move(pragma));
  if (!child) return std::nullopt;
  return std::move(*child);
}

std::optional<schedule::State> draw(const SampleContext&, const schedule::State& parent, Rng& rng) {
  return with_limit(parent, rng, [&](Limit) { return kUnrollLimits.begin() + rng.below(std::ssize(kUnrollLimits)); });
}

std::optional<schedule::State> raise(const SampleContext&, const schedule::State& parent, Rng& rng) {
  return with_limit(parent, rng, [](Limit old) { return old == kUnrollLimits.end() ? old : old + 1; });
}

std::optional<schedule::State> lower(const SampleContext&, const schedule::State& parent, Rng& rng) {
  return with_limit(parent, rng, [](Limit old) {
    return old == kUnrollLimits.end() || old == kUnrollLimits.begin() ? kUnrollLimits.end() : old - 1;
  });
}

}  // namespace

const Mutation kMutateAutoUnroll{"auto-unroll", 0.04, draw}, kUnrollMore{"unroll more", 0, raise},
    kUnrollLess{"unroll less", 0, lower};

}  // namespace tilewright::space
