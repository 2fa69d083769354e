#include <algorithm>
#include <iterator>

#include "space/mutations.h"

namespace tilewright::space {
namespace {

/// The next limit above (`kUp`) or below the one of a random pragma.
template <bool kUp>
std::optional<schedule::State> step(const SampleContext&, const schedule::State& parent, Rng& rng) {
  std::vector<int> pragmas;
  for (int i = 0; i < parent.num_steps(); ++i)
    if (std::holds_alternative<schedule::PragmaStep>(parent.step(i))) pragmas.push_back(i);
  if (pragmas.empty()) return std::nullopt;
  const int chosen = pragmas[static_cast<std::size_t>(rng.below(std::ssize(pragmas)))];
  schedule::PragmaStep pragma = std::get<schedule::PragmaStep>(parent.step(chosen));
  const auto text = [](int limit) { return fmt::format("auto_unroll_max_step${}", limit); };
  const auto* at = std::find_if(std::begin(kAutoUnrollSteps), std::end(kAutoUnrollSteps),
                                [&](int limit) { return text(limit) == pragma.text; });
  if (at == std::end(kAutoUnrollSteps)) return std::nullopt;
  if (kUp ? at + 1 == std::end(kAutoUnrollSteps) : at == std::begin(kAutoUnrollSteps)) return std::nullopt;
  pragma.text = text(kUp ? *(at + 1) : *(at - 1));
  Result<schedule::State> child = parent.with_step(chosen, std::move(pragma));
  if (!child) return std::nullopt;
  return std::move(*child);
}

}  // namespace

const Mutation kUnrollMore{"unroll more", 0, step<true>}, kUnrollLess{"unroll less", 0, step<false>};

}  // namespace tilewright::space
