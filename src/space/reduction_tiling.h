#pragma once

#include <vector>

#include "space/register_tile.h"
#include "space/strides.h"
#include "te/tensor.h"

namespace tilewright::space {

/// How a reduction's results may be laid over registers: vectors along one axis, rows along others.
struct ReductionTiling {
  int vector_axis = -1;       ///< spatial; -1: nothing to vectorize
  std::vector<int> row_axes;  ///< spatial axes that share vectors, innermost first
  TileProblem problem;
};
/// `loads`: strides_of(op).
ReductionTiling reduction_tiling(const te::Operation& op, const std::vector<LoadStrides>& loads);

}  // namespace tilewright::space
