#include <algorithm>
#include <iterator>

#include "backend/cpu/passes.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "backend/cpu/passes/nest.h"
#include "base/integer.h"
#include "loop/substitute.h"

namespace tilewright::cpu {
namespace {

using loop::AffineTable;
using loop::Block;
using loop::For;
using loop::LoopKind;

constexpr std::int64_t kFewestLanes = 4;   ///< shorter loops gain nothing from a vector
constexpr std::int64_t kMostInOneRun = 8;  ///< registers of a vectorized loop
constexpr std::int64_t kFmaLatency = 4;    ///< cycles, of most machines since 2015

bool is_sequential(const For& loop) { return loop.kind == LoopKind::serial || loop.kind == LoopKind::unrolled; }

/// Loops around nothing but one another and, in the last, one store.
class Nest {
 public:
  Nest(loop::Program& program, const target::TargetSpec& target, Loops loops, Block store)
      : program_(program),
        lanes_(target.emitter_policy().lanes()),
        registers_(target.vector_registers),
        in_flight_(kFmaLatency * target.fma_units),
        around_(std::move(loops)),
        store_(std::move(store)) {
    divide();
  }

  void form_tile() {
    if (!are_independent(program_, store_)) return;
    if (vector_.empty())
      make_vector();
    else
      widen_vector();
    add_accumulators();
  }

  loop::Stmt statement() {
    Loops all;
    for (Loops* level : {&around_, &spatial_, &reductions_, &tile_, &vector_})
      std::move(level->begin(), level->end(), std::back_inserter(all));
    return nest_of(std::move(all), std::move(store_));
  }

 private:
  static void move_last(Loops& from, Loops& to) {
    to.insert(to.begin(), std::move(from.back()));
    from.pop_back();
  }

  /// Sorts the loops into levels, from the innermost out.
  void divide() {
    const auto is_spatial = [](const For& loop) { return !loop.reduction && is_sequential(loop); };
    if (around_.back().kind == LoopKind::vectorized) move_last(around_, vector_);
    while (!around_.empty() && is_spatial(around_.back())) move_last(around_, tile_);
    if (!std::get<loop::Store>(store_[0].kind).update) return;
    while (!around_.empty() && around_.back().reduction && is_sequential(around_.back()))
      move_last(around_, reductions_);
    if (reductions_.empty()) return;
    while (!around_.empty() && is_spatial(around_.back())) move_last(around_, spatial_);
  }

  /// Vector registers that one iteration of the reduction updates.
  std::int64_t updates() const {
    std::int64_t product = vector_.empty() ? 1 : ceil_div(extent_of(vector_[0]), lanes_);
    for (const For& loop : tile_) product *= extent_of(loop);
    return product;
  }

  /// Makes a vector of a loop over neighbouring elements that is not the innermost.
  void make_vector() {
    const auto fits = [&](const For& loop) {
      return extent_of(loop) >= kFewestLanes && runs_in_lanes(program_, store_, loop.var);
    };
    const std::int64_t room = std::max<std::int64_t>(1, registers_ / 2 / updates());
    // A long innermost loop need not divide: vectorize_innermost cuts it.
    if (!tile_.empty() && extent_of(tile_.back()) > kMostInOneRun * lanes_ && fits(tile_.back())) return;
    for (auto [level, most] : {std::pair(&tile_, kMostInOneRun * lanes_), std::pair(&spatial_, room * lanes_)})
      for (std::size_t i = level->size(); i-- > 0;)
        if (const std::int64_t block = block_of((*level)[i], most); fits((*level)[i]) && block >= kFewestLanes) {
          take(*level, i, block, vector_);
          vector_[0].kind = LoopKind::vectorized;
          return;
        }
  }

  /// Joins a vector that is narrower than a register with the loop over its neighbours.
  void widen_vector() {
    for (Loops* level : {&tile_, &spatial_})
      for (std::size_t i = level->size(); i-- > 0;) {
        const For narrow = vector_[0];
        const std::int64_t width = extent_of(narrow);
        if (width >= lanes_ || narrow.begin != 0 || !runs_in_lanes(program_, store_, narrow.var)) return;
        const For& next = (*level)[i];
        const std::int64_t block = block_of(next, lanes_ / width);
        if (block < 2 || next.begin != 0 || !are_digits(program_, store_, next.var, narrow.var, width)) continue;
        Loops wide;
        take(*level, i, block, wide);
        const int joined = program_.indices.add_loop(extent_of(wide[0]) * width);
        // width * wide + narrow is the joined variable, so that wide drops out of every index.
        store_ = loop::substitute(program_, store_, narrow.var,
                                  AffineTable::variable(joined) - AffineTable::variable(wide[0].var) * width);
        vector_[0].var = joined, vector_[0].end = extent_of(wide[0]) * width;
      }
  }

  /// Moves loops from around the reduction into it until enough updates are independent of one another.
  void add_accumulators() {
    for (std::size_t i = spatial_.size(); i-- > 0 && updates() < in_flight_;) {
      const std::int64_t whole = extent_of(spatial_[i]);
      std::int64_t block = 1;
      for (std::int64_t d = 2; d <= whole && updates() * d <= 2 * in_flight_ && updates() * block < in_flight_; ++d)
        if (whole % d == 0) block = d;
      if (block > 1) take(spatial_, i, block, tile_);
    }
  }

  /// Moves a loop, or blocks of it, to the end of a level further in. The length of a block divides that of the loop.
  void take(Loops& from, std::size_t at, std::int64_t block, Loops& to) {
    if (block == extent_of(from[at])) {
      to.push_back(std::move(from[at]));
      from.erase(from.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      to.push_back(cut_block(program_, from[at], block, store_));
    }
  }

  /// The largest divisor of the loop's extent up to `most`; one of whole registers if there is any.
  std::int64_t block_of(const For& loop, std::int64_t most) const {
    std::int64_t best = 1;
    for (std::int64_t d = 2; d <= std::min(extent_of(loop), most); ++d)
      if (extent_of(loop) % d == 0 && (d % lanes_ == 0 || best < lanes_)) best = d;
    return best;
  }

  loop::Program& program_;
  std::int64_t lanes_, registers_, in_flight_;
  Loops around_;      ///< stay as they are
  Loops spatial_;     ///< directly around the reductions
  Loops reductions_;  ///< the innermost ones; none if the store is no update
  Loops tile_;        ///< inside
  Loops vector_;      ///< one loop or none
  Block store_;
};

}  // namespace

void form_tiles(loop::Program& program, const target::TargetSpec& target) {
  for_each_nest(program.body, [&](Loops loops, Block store) {
    Nest nest(program, target, std::move(loops), std::move(store));
    nest.form_tile();
    return nest.statement();
  });
}

}  // namespace tilewright::cpu
