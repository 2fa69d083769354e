#include "search/evolve/state_position.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/hash.h"
#include "base/match.h"

namespace tilewright::search {
namespace {

using namespace schedule;

double number_of(const PragmaStep& pragma) {
  int number = 0;
  const std::size_t begin = pragma.text.find('$') + 1;
  std::from_chars(pragma.text.data() + begin, pragma.text.data() + pragma.text.size(), number);
  return number;
}

/// Collects what a state is made of, step by step.
struct Walk {
  StatePosition position;
  double unroll = 0, fused = 0, unrolled = 0, vectorized = 0, place = 0, hints = 0;

  void mix(std::size_t kind, int stage, std::size_t more) {
    position.skeleton = hash_mix(hash_mix(hash_mix(position.skeleton, kind), static_cast<std::uint64_t>(stage)), more);
  }
  void visit(const Step& step) {
    const std::size_t kind = step.index();
    match_variant(
        step,
        [&](const SplitStep& s) {
          mix(kind, s.stage, hash_mix(static_cast<std::uint64_t>(s.extent), s.lengths.size()));
          for (std::int64_t length : s.lengths)
            position.coordinates.push_back(std::log2(static_cast<double>(std::max<std::int64_t>(1, length))));
        },
        [&](const AnnotateStep& s) {
          if (s.annotation == Annotation::unroll) ++unrolled;
          if (s.annotation == Annotation::vectorize) ++vectorized;
        },
        [&](const PragmaStep& s) {
          if (s.text.starts_with(kPrefetchPragma) || s.text.starts_with(kStreamPragma))
            hints += number_of(s);
          else
            unroll += std::log2(1 + number_of(s)) / 2;
        },
        [&](const FuseStep& s) { fused += static_cast<double>(s.iters.size()); }, [](const ReorderStep&) {},
        [&](const ComputeAtStep& s) {
          mix(kind, s.stage, 0);
          place += s.target_iter;
        },
        [&](const auto& s) { mix(kind, s.stage, 0); });
  }
};

}  // namespace

StatePosition position_of(const State& state) {
  Walk walk;
  for (int i = 0; i < state.num_steps(); ++i) walk.visit(state.step(i));
  for (double more : {walk.unroll, walk.fused, walk.unrolled, walk.vectorized, walk.place, walk.hints})
    walk.position.coordinates.push_back(more);
  return std::move(walk.position);
}

double squared_distance(const StatePosition& a, const StatePosition& b) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min(a.coordinates.size(), b.coordinates.size()); ++i)
    sum += (a.coordinates[i] - b.coordinates[i]) * (a.coordinates[i] - b.coordinates[i]);
  return sum;
}

}  // namespace tilewright::search
