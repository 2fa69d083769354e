#include <iterator>

#include "space/mutations.h"

namespace tilewright::space {

/// Draws another unroll limit for one reduction.
const Mutation kMutateAutoUnroll{
    "auto-unroll", 0.04,
    [](const SampleContext&, const schedule::State& parent, Rng& rng) -> std::optional<schedule::State> {
      std::vector<int> pragmas;
      for (int i = 0; i < parent.num_steps(); ++i)
        if (std::holds_alternative<schedule::PragmaStep>(parent.step(i))) pragmas.push_back(i);
      if (pragmas.empty()) return std::nullopt;
      const int chosen = pragmas[static_cast<std::size_t>(rng.below(std::ssize(pragmas)))];
      schedule::PragmaStep pragma = std::get<schedule::PragmaStep>(parent.step(chosen));
      const int steps = kAutoUnrollSteps[rng.below(std::ssize(kAutoUnrollSteps))];
      std::string text = fmt::format("auto_unroll_max_step${}", steps);
      if (text == pragma.text) return std::nullopt;
      pragma.text = std::move(text);
      Result<schedule::State> child = parent.with_step(chosen, std::move(pragma));
      if (!child) return std::nullopt;
      return std::move(*child);
    }};

}  // namespace tilewright::space
