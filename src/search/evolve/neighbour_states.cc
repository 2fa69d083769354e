#include "search/evolve/neighbour_states.h"

#include <set>
#include <unordered_set>

#include "base/integer.h"
#include "space/pragmas.h"
#include "space/register_tile.h"
#include "space/tile_axes.h"
#include "space/tile_lengths.h"

namespace tilewright::search {
namespace {

std::vector<std::int64_t> prime_factors(std::int64_t n) {
  std::vector<std::int64_t> primes;
  for (std::int64_t p = 2; p * p <= n; ++p)
    if (n % p == 0) {
      primes.push_back(p);
      while (n % p == 0) n /= p;
    }
  if (n > 1) primes.push_back(n);
  return primes;
}

class Neighbours {
 public:
  Neighbours(const backend::ScheduledProgram& center, const backend::TargetRef& target, int vector_lanes)
      : state_(center.state()), target_(target), lanes_(vector_lanes), seen_{center.hash()} {
    for (const space::TileAxis& axis : space::tile_axes(state_))
      if (axis.role == space::AxisRole::vector && is_whole_vector(axis.lengths.back()))
        whole_vectors_.insert(axis.step);
  }

  std::vector<backend::ScheduledProgram> run() {
    for (int i = 0; i < state_.num_steps(); ++i) {
      if (const auto* split = std::get_if<schedule::SplitStep>(&state_.step(i))) move_factors(i, *split);
      if (const auto* pragma = std::get_if<schedule::PragmaStep>(&state_.step(i))) {
        if (const auto other = space::other_hint(*pragma))
          offer(i, *other);
        else
          change_limit(i, *pragma);
      }
    }
    return std::move(found_);
  }

 private:
  void move_factors(int step, const schedule::SplitStep& split) {
    if (product(split.lengths) <= 0 || split.extent <= 0) return;
    const std::vector<std::int64_t> lengths = space::tile_lengths(split);
    for (std::size_t from = 0; from < lengths.size(); ++from)
      for (std::int64_t prime : prime_factors(lengths[from]))
        for (std::size_t to = 0; to < lengths.size(); ++to) {
          if (to == from) continue;
          std::vector<std::int64_t> moved = lengths;
          space::move_factor(moved, from, to, prime);
          if (whole_vectors_.contains(step) && !is_whole_vector(moved.back())) continue;
          offer(step, space::with_tile_lengths(split, moved));
        }
  }

  bool is_whole_vector(std::int64_t width) const {
    return lanes_ > 1 && width % lanes_ == 0 && width <= std::int64_t{lanes_} * space::kMaxVectors;
  }

  void change_limit(int step, const schedule::PragmaStep& pragma) {
    for (int limit : space::kUnrollLimits) {
      schedule::PragmaStep next = pragma;
      next.text = space::unroll_pragma(limit);
      if (next.text != pragma.text) offer(step, next);
    }
  }

  void offer(int step, schedule::Step replacement) {
    Result<schedule::State> next = state_.with_step(step, std::move(replacement));
    if (!next) return;
    backend::ScheduledProgram program(std::move(*next), target_);
    if (program.has_bounds() && seen_.insert(program.hash()).second) found_.push_back(std::move(program));
  }

  schedule::State state_;  ///< the extents of all its loops are known
  backend::TargetRef target_;
  int lanes_;
  std::set<int> whole_vectors_;  ///< split steps
  std::unordered_set<std::uint64_t> seen_;
  std::vector<backend::ScheduledProgram> found_;
};

}  // namespace

std::vector<backend::ScheduledProgram> neighbours(const schedule::State& state, const backend::TargetRef& target,
                                                  int vector_lanes) {
  return Neighbours({state, target}, target, vector_lanes).run();
}

}  // namespace tilewright::search
