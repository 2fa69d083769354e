#include "cost/ansor/accesses.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/integer.h"

namespace tilewright::cost::ansor {
namespace {

std::uint64_t bit(int depth) { return std::uint64_t{1} << depth; }

}  // namespace

void Chain::enter(const Statements& all, int innermost) {
  for (int id : loops_) depth_of_atom_[static_cast<std::size_t>(all.loops[static_cast<std::size_t>(id)].var)] = -1;
  all_ = &all;
  loops_.clear(), extents_.clear();
  for (int id = innermost; id >= 0; id = all.loops[static_cast<std::size_t>(id)].parent) loops_.push_back(id);
  std::reverse(loops_.begin(), loops_.end());
  loops_.resize(std::min(loops_.size(), static_cast<std::size_t>(kDeepest)));
  for (int id : loops_) {
    const Loop& loop = all.loops[static_cast<std::size_t>(id)];
    depth_of_atom_[static_cast<std::size_t>(loop.var)] = static_cast<int>(extents_.size());
    extents_.push_back(loop.extent);
  }
}

std::span<const BufferAccess> AccessReader::read(const Statement& statement, const Chain& chain) {
  used_ = 0;
  ++call_;
  const loop::StageLoops& stage = bounds_.stages[static_cast<std::size_t>(statement.stage)];
  const std::size_t rank = state_.stage(statement.stage).tensor->axes.size();
  const std::vector<loop::AffineExpr> indices(stage.axis_values.begin(),
                                              stage.axis_values.begin() + static_cast<std::ptrdiff_t>(rank));
  add_access(stage.buffer, true, indices, chain);
  add_loads(statement.value, chain);
  finish(chain);
  return {accesses_.data(), used_};
}

const std::vector<std::int64_t>& AccessReader::shape_of(loop::BufferId buffer) const {
  const loop::Buffer& b = bounds_.program.buffer(buffer);
  return b.stage >= 0 ? state_.stage(b.stage).tensor->shape : b.shape;
}

void AccessReader::add_loads(loop::ValueId id, const Chain& chain) {
  if (std::exchange(visited_[static_cast<std::size_t>(id)], call_) == call_) return;
  match_variant(
      bounds_.program.value(id).kind, [](const loop::ConstantValue&) {}, [](const loop::IndexValue&) {},
      [](const loop::NonNegative&) {},
      [&](const loop::LoadValue& v) {
        const int stage = bounds_.program.buffer(v.buffer).stage;
        std::vector<loop::AffineExpr> indices = v.indices;
        if (stage >= 0)  // relative to the part that is kept, back to the whole tensor
          for (std::size_t d = 0; d < indices.size(); ++d)
            indices[d] = indices[d] + bounds_.stages[static_cast<std::size_t>(stage)].axes[d].low;
        add_access(v.buffer, false, indices, chain);
      },
      [&](const loop::UnaryValue& v) { add_loads(v.a, chain); },
      [&](const loop::BinaryValue& v) { add_loads(v.a, chain), add_loads(v.b, chain); },
      [&](const loop::SelectValue& v) {
        add_loads(v.condition, chain), add_loads(v.on_true, chain), add_loads(v.on_false, chain);
      },
      [&](const loop::CastValue& v) { add_loads(v.a, chain); });
}

std::size_t AccessReader::slot_of(loop::BufferId buffer, const Chain& chain) {
  for (std::size_t i = 0; i < used_; ++i)
    if (accesses_[i].buffer == buffer) return i;
  if (used_ == accesses_.size()) accesses_.emplace_back(), boxes_.emplace_back();
  BufferAccess& access = accesses_[used_];
  access.buffer = buffer;
  access.reads = access.writes = false;
  access.depends = 0;
  access.strides.assign(static_cast<std::size_t>(chain.size()), std::numeric_limits<double>::max());
  Box& box = boxes_[used_];
  const std::size_t rank = shape_of(buffer).size(), levels = static_cast<std::size_t>(chain.size()) + 1;
  box.low.resize(rank), box.high.resize(rank);
  for (std::size_t d = 0; d < rank; ++d) {
    box.low[d].assign(levels, std::numeric_limits<std::int64_t>::max());
    box.high[d].assign(levels, std::numeric_limits<std::int64_t>::min());
  }
  return used_++;
}

void AccessReader::add_access(loop::BufferId buffer, bool write, const std::vector<loop::AffineExpr>& indices,
                              const Chain& chain) {
  const std::size_t slot = slot_of(buffer, chain);
  BufferAccess& access = accesses_[slot];
  (write ? access.writes : access.reads) = true;
  const std::size_t levels = static_cast<std::size_t>(chain.size()) + 1;
  const std::vector<std::int64_t>& shape = shape_of(buffer);
  Levels low, high;
  std::uint64_t found = 0;
  double row = 1;
  for (std::size_t d = indices.size(); d-- > 0; row *= static_cast<double>(shape[d])) {
    low.assign(levels, indices[d].constant), high.assign(levels, indices[d].constant);
    access.depends |= add_bounds(indices[d], chain, low, high);
    for (std::size_t k = 0; k < levels; ++k) {
      boxes_[slot].low[d][k] = std::min(boxes_[slot].low[d][k], low[k]);
      boxes_[slot].high[d][k] = std::max(boxes_[slot].high[d][k], high[k]);
    }
    add_strides(indices[d], row, chain, found, access.strides);
  }
}

/// Adds the terms' bounds per level; returns the loops that occur in them.
std::uint64_t AccessReader::add_bounds(const loop::AffineExpr& index, const Chain& chain, Levels& low,
                                       Levels& high) const {
  std::uint64_t loops = 0;
  for (const loop::AffineExpr::Term& term : index.terms) {
    const loop::AffineAtom& atom = bounds_.program.indices.atom(term.atom);
    if (atom.kind != loop::AffineAtom::Kind::loop) {
      loops |= add_atom(atom, term.coefficient, chain, low, high);
      continue;
    }
    const int depth = chain.depth_of(term.atom);
    if (depth < 0) continue;
    loops |= bit(depth);
    const std::int64_t span = term.coefficient * (chain.extent(depth) - 1);
    Levels& bound = span > 0 ? high : low;
    for (int k = 0; k <= depth; ++k) bound[static_cast<std::size_t>(k)] += span;
  }
  return loops;
}

/// The rules of TVM's bounds for quotients and remainders.
std::uint64_t AccessReader::add_atom(const loop::AffineAtom& atom, std::int64_t factor, const Chain& chain, Levels& low,
                                     Levels& high) const {
  const std::size_t levels = low.size();
  Levels of_low(levels, atom.of.constant), of_high(levels, atom.of.constant);
  std::uint64_t loops = 0;
  if (atom.kind == loop::AffineAtom::Kind::value) {  // loaded: anything in its range
    loops = chain.size() > 0 ? bit(chain.size() - 1) : 0;
    of_low.assign(levels, atom.range.low), of_high.assign(levels, atom.range.high);
  } else {
    loops = add_bounds(atom.of, chain, of_low, of_high);
  }
  for (std::size_t k = 0; k < levels; ++k) {
    std::int64_t from = of_low[k], to = of_high[k];
    if (atom.kind == loop::AffineAtom::Kind::quotient) {
      from = floor_div(from, atom.divisor), to = floor_div(to, atom.divisor);
    } else if (atom.kind == loop::AffineAtom::Kind::remainder && (from < 0 || to >= atom.divisor)) {
      to = from < 0 ? atom.divisor - 1 : std::min(to, atom.divisor - 1);
      from = 0;
    }
    low[k] += factor * (factor > 0 ? from : to), high[k] += factor * (factor > 0 ? to : from);
  }
  return loops;
}

std::uint64_t AccessReader::varies_with(const loop::AffineExpr& index, const Chain& chain) const {
  std::uint64_t loops = 0;
  for (const loop::AffineExpr::Term& term : index.terms) {
    const loop::AffineAtom& atom = bounds_.program.indices.atom(term.atom);
    if (atom.kind == loop::AffineAtom::Kind::loop) {
      if (const int depth = chain.depth_of(term.atom); depth >= 0) loops |= bit(depth);
    } else {
      loops |= varies_with(atom.of, chain);
    }
  }
  return loops;
}

/// Lowers `strides` to those of `index`, a dimension whose elements are `row` apart, for loops not `found` in a
/// dimension further in. TVM writes an index as a sum with outer loops first; its walk takes the last multiplier at or
/// after the variable unless an addition without one came before.
void AccessReader::add_strides(const loop::AffineExpr& index, double row, const Chain& chain, std::uint64_t& found,
                               std::vector<double>& strides) {
  terms_.clear();
  for (const loop::AffineExpr::Term& term : index.terms) {
    loop::AffineExpr alone;
    alone.terms.push_back({term.atom, 1});
    const std::uint64_t loops = varies_with(alone, chain);
    terms_.push_back(
        {loops == 0 ? -1 : 63 - std::countl_zero(loops), loops, std::abs(static_cast<double>(term.coefficient))});
  }
  std::stable_sort(terms_.begin(), terms_.end(), [](const Term& a, const Term& b) { return a.depth < b.depth; });
  std::uint64_t here = 0;
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    const std::uint64_t fresh = terms_[t].loops & ~found & ~here;
    here |= terms_[t].loops;
    if (fresh == 0) continue;
    double stride = terms_[t].factor;
    if (stride != 1) {
      for (std::size_t u = t + 1; u < terms_.size(); ++u)
        if (terms_[u].factor != 1) stride = terms_[u].factor;
    } else if (t == 0 && terms_.size() > 1) {
      stride = terms_[1].factor;
    }
    for (int depth = 0; depth < chain.size(); ++depth)
      if ((fresh >> depth & 1) != 0)
        strides[static_cast<std::size_t>(depth)] = std::min(strides[static_cast<std::size_t>(depth)], stride * row);
  }
  found |= here;
}

void AccessReader::finish(const Chain& chain) {
  const std::size_t levels = static_cast<std::size_t>(chain.size()) + 1;
  for (std::size_t i = 0; i < used_; ++i) {
    BufferAccess& access = accesses_[i];
    const Box& box = boxes_[i];
    access.touched.assign(levels, 1);
    access.region.clear();
    for (std::size_t d = 0; d < box.low.size(); ++d) {
      for (std::size_t k = 0; k < levels; ++k)
        access.touched[k] *= static_cast<double>(box.high[d][k] - box.low[d][k] + 1);
      access.region.push_back(static_cast<double>(box.high[d][0] - box.low[d][0] + 1));
    }
    for (double& stride : access.strides)
      if (stride == std::numeric_limits<double>::max()) stride = 0;
  }
}

}  // namespace tilewright::cost::ansor
