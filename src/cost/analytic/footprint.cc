#include "cost/analytic/footprint.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tilewright::cost {
namespace {

using Levels = std::vector<double>;

/// Widths and strides of the indices of one leaf, whose loops are the chain from the program down to it.
class LeafIndices {
 public:
  LeafIndices(const Nest& nest, std::vector<int>& depth_of_atom) : nest_(nest), depth_of_atom_(depth_of_atom) {}

  void enter(int leaf) {
    for (int var : vars_) depth_of_atom_[static_cast<std::size_t>(var)] = -1;
    vars_.clear();
    int loop = nest_.leaves[static_cast<std::size_t>(leaf)].loop;
    levels_ = static_cast<std::size_t>(nest_.loops[static_cast<std::size_t>(loop)].depth) + 2;
    extent_.assign(levels_, 1);
    for (; loop > 0; loop = nest_.loops[static_cast<std::size_t>(loop)].parent) {
      const NestLoop& l = nest_.loops[static_cast<std::size_t>(loop)];
      depth_of_atom_[static_cast<std::size_t>(l.var)] = l.depth;
      vars_.push_back(l.var);
      extent_[static_cast<std::size_t>(l.depth)] = static_cast<double>(l.extent);
    }
  }
  std::size_t levels() const { return levels_; }

  /// Adds scale * (largest - smallest value of `index`) to `width`, per level, and its steps to `stride`, per depth.
  void add(const loop::AffineExpr& index, double scale, Levels& width, Levels& stride) const {
    for (const loop::AffineExpr::Term& term : index.terms) {
      const double coefficient = std::abs(static_cast<double>(term.coefficient)) * scale;
      const loop::AffineAtom& atom = nest_.program->indices.atom(term.atom);
      if (atom.kind == loop::AffineAtom::Kind::loop)
        add_loop(depth_of_atom_[static_cast<std::size_t>(term.atom)], coefficient, width, stride);
      else if (atom.kind == loop::AffineAtom::Kind::value)
        add_value(atom, coefficient, width, stride);
      else
        add_division(atom, coefficient, width, stride);
    }
  }

 private:
  void add_loop(int depth, double coefficient, Levels& width, Levels& stride) const {
    if (depth < 0) return;
    const auto d = static_cast<std::size_t>(depth);
    for (std::size_t k = 0; k <= d; ++k) width[k] += coefficient * (extent_[d] - 1);
    stride[d] += coefficient;
  }

  /// An index that is loaded may be anything in its range, and changes with every iteration.
  void add_value(const loop::AffineAtom& atom, double coefficient, Levels& width, Levels& stride) const {
    const double range = static_cast<double>(atom.range.high - atom.range.low);
    for (std::size_t k = 0; k + 1 < levels_; ++k) width[k] += coefficient * range;
    if (levels_ >= 2) stride[levels_ - 2] += coefficient * range;
  }

  void add_division(const loop::AffineAtom& atom, double coefficient, Levels& width, Levels& stride) const {
    Levels inner(levels_, 0), steps(levels_, 0);
    add(atom.of, 1, inner, steps);
    const auto divisor = static_cast<double>(atom.divisor);
    const bool quotient = atom.kind == loop::AffineAtom::Kind::quotient;
    for (std::size_t k = 0; k < levels_; ++k) {
      width[k] += coefficient * (quotient ? std::floor(inner[k] / divisor) : std::min(inner[k], divisor - 1));
      stride[k] += coefficient * (quotient ? steps[k] / divisor : std::fmod(steps[k], divisor));
    }
  }

  const Nest& nest_;
  std::vector<int>& depth_of_atom_;
  std::vector<int> vars_;
  std::vector<double> extent_;
  std::size_t levels_ = 0;
};

/// What the widths of an access's dimensions come to at one level.
class Region {
 public:
  Region(const loop::Buffer& buffer, const Machine& machine)
      : element_(bytes_of(buffer.type)), line_(machine.line_bytes), sets_(machine.l1_sets()) {
    dimensions_.resize(buffer.shape.size());
    double distance = element_;
    for (std::size_t d = dimensions_.size(); d-- > 0;) {
      const auto extent = static_cast<double>(buffer.shape[d]);
      dimensions_[d] = {extent, distance, offsets(distance)};
      distance *= extent;
    }
  }

  double elements = 1, bytes = 0, ways = 1;

  /// `widths`: per dimension, the widths per level.
  void measure(const std::vector<Levels>& widths, std::size_t level) {
    double span = element_, rows = 1, sets = 0;  // bytes from first to last of a row; rows; sets that their lines go to
    elements = 1;
    for (std::size_t d = widths.size(); d-- > 0;) {
      const auto& [extent, distance, offsets] = dimensions_[d];
      const double touched = std::min(widths[d][level] + 1, extent);
      elements *= touched;
      if (rows == 1 && distance - span < line_) {
        span += (touched - 1) * distance;
      } else if (touched > 1) {
        if (rows == 1) sets = std::min(sets_, std::ceil(span / line_));
        rows *= touched;
        sets = std::min(sets_, sets * std::min(touched, offsets));
      }
    }
    const double lines = rows * std::ceil(span / line_);
    bytes = lines * line_;
    ways = lines / (rows == 1 ? std::min(sets_, lines) : sets);
  }

 private:
  /// Sets that lines at multiples of a distance go to.
  double offsets(double distance) const {
    const double step = distance / line_;
    if (step < 1 || step != std::floor(step)) return sets_;
    return sets_ / static_cast<double>(std::gcd(static_cast<std::int64_t>(step), static_cast<std::int64_t>(sets_)));
  }

  struct Dimension {
    double extent;
    double distance;  ///< bytes from one index to the next
    double offsets;   ///< sets that lines so far apart go to
  };
  std::vector<Dimension> dimensions_;
  double element_, line_, sets_;
};

}  // namespace

Footprints::Footprints(const Nest& nest, const Machine& machine) {
  const loop::Program& program = *nest.program;
  const std::size_t buffers = program.buffers.size();
  std::vector<int> depth_of_atom(static_cast<std::size_t>(program.indices.size()), -1);
  std::vector<double> per_buffer(nest.loops.size() * buffers, 0);  // bytes per loop body and buffer
  LeafIndices indices(nest, depth_of_atom);
  std::vector<Levels> widths;
  Levels stride;
  first_.push_back(0);
  int entered = -1;
  for (const Access& access : nest.accesses) {
    if (access.leaf != entered) indices.enter(entered = access.leaf);
    const loop::Buffer& buffer = program.buffer(access.buffer);
    const std::size_t rank = access.indices->size(), levels = indices.levels();
    widths.resize(rank);
    stride.assign(levels, 0);
    double row = 1;
    for (std::size_t d = rank; d-- > 0; row *= static_cast<double>(buffer.shape[d])) {
      Levels steps(levels, 0);
      widths[d].assign(levels, 0);
      indices.add((*access.indices)[d], 1, widths[d], steps);
      for (std::size_t k = 0; k < levels; ++k) stride[k] += steps[k] * row;
    }
    Region region(buffer, machine);
    int loop = nest.leaves[static_cast<std::size_t>(access.leaf)].loop;
    const std::size_t base = bytes_.size();
    bytes_.resize(base + levels);
    elements_.resize(base + levels);
    ways_.resize(base + levels);
    for (std::size_t k = levels; k-- > 0;) {
      region.measure(widths, k);
      elements_[base + k] = region.elements, bytes_[base + k] = region.bytes, ways_[base + k] = region.ways;
      if (k == 0) continue;  // what one iteration of the loop at depth k - 1 touches
      double& seen = per_buffer[static_cast<std::size_t>(loop) * buffers + static_cast<std::size_t>(access.buffer)];
      seen = std::max(seen, bytes_[base + k]);
      loop = nest.loops[static_cast<std::size_t>(loop)].parent;
    }
    strides_.insert(strides_.end(), stride.begin(), stride.end());
    first_.push_back(bytes_.size());
  }
  body_bytes_.resize(nest.loops.size());
  for (std::size_t l = 0; l < nest.loops.size(); ++l)
    for (std::size_t b = 0; b < buffers; ++b) body_bytes_[l] += per_buffer[l * buffers + b];
}

}  // namespace tilewright::cost
