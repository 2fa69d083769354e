#include <fmt/format.h>

#include "space/mutate/mutations.h"
#include "space/pragmas.h"
#include "space/queries.h"
#include "space/sample/annotation_rules.h"

namespace tilewright::space {
namespace {

using schedule::State;

constexpr double kPlainShare = 0.15;               ///< of the samples ask for no weights ahead
constexpr double kStreamedShare = 0.5;             ///< of the samples write a large result past the caches
constexpr std::int64_t kLeastWeights = 128 << 10;  ///< bytes; less is never asked for ahead

std::int64_t bytes_of_tensor(const te::Operation& op) { return op.elements() * bytes_of(op.type); }

/// A reduction over a constant, packed or not, that is large enough to be asked for ahead.
bool reads_weights(const State& state, int stage) {
  if (!has_reduce_iter(state.stage(stage))) return false;
  for (const int read : state.dag()->reads(stage)) {
    const schedule::Stage& source = state.stage(read);
    const bool is_constant = source.is_packed_constant() || source.tensor->is_constant();
    if (is_constant && bytes_of_tensor(*source.tensor) >= kLeastWeights) return true;
  }
  return false;
}

/// A result that the caches could not keep for its reader anyway.
bool outgrows_caches(const State& state, int stage, const Hardware& hardware) {
  return state.dag()->is_output(stage) && !has_reduce_iter(state.stage(stage)) &&
         bytes_of_tensor(*state.stage(stage).tensor) > hardware.l3_bytes;
}

std::string hint(std::string_view pragma, bool on) { return fmt::format("{}{}", pragma, on ? 1 : 0); }

}  // namespace

std::optional<schedule::PragmaStep> other_hint(const schedule::PragmaStep& step) {
  for (const std::string_view pragma : {schedule::kPrefetchPragma, schedule::kStreamPragma}) {
    if (step.text != hint(pragma, true) && step.text != hint(pragma, false)) continue;
    return schedule::PragmaStep{step.stage, step.iter, hint(pragma, step.text == hint(pragma, false))};
  }
  return std::nullopt;
}

/// Draws whether weights are asked for ahead, and whether a result larger than the caches is written past them.
const AnnotationRule kMemoryHints{
    "memory-hints", [](const SampleContext& context, State& state, Rng& rng) {
      for (int id = 0; id < state.num_stages(); ++id) {
        const schedule::Stage& stage = state.stage(id);
        if (stage.is_placeholder() || stage.is_packed_constant() || stage.compute_at == schedule::ComputeAt::inlined ||
            stage.iters.empty())
          continue;
        if (reads_weights(state, id))
          apply(state, schedule::PragmaStep{id, 0, hint(schedule::kPrefetchPragma, !rng.chance(kPlainShare))});
        if (outgrows_caches(state, id, context.hardware))
          apply(state, schedule::PragmaStep{id, 0, hint(schedule::kStreamPragma, rng.chance(kStreamedShare))});
      }
      return true;
    }};

/// Turns one hint into its opposite.
const Mutation kMutateMemoryHints{
    "memory-hints", 0.02, [](const SampleContext&, const State& parent, Rng& rng) -> std::optional<State> {
      std::vector<int> hints;
      for (int i = 0; i < parent.num_steps(); ++i)
        if (const auto* pragma = std::get_if<schedule::PragmaStep>(&parent.step(i)); pragma && other_hint(*pragma))
          hints.push_back(i);
      if (hints.empty()) return std::nullopt;
      const int chosen = hints[static_cast<std::size_t>(rng.below(std::ssize(hints)))];
      Result<State> child = parent.with_step(chosen, *other_hint(std::get<schedule::PragmaStep>(parent.step(chosen))));
      if (!child) return std::nullopt;
      return std::move(*child);
    }};

}  // namespace tilewright::space
