#pragma once

#include <vector>

#include "node_runs.h"

namespace tilewright::graph {

/// Floats: NaN, infinities, zeros, denormals, the least and the largest, and ordinary numbers of all sizes. Integers:
/// the least and the largest, and ordinary ones.
std::vector<Real> special_values(DType type);

/// How far a result may be from the exact one. One that would be denormal may be 0, and any such one where there are
/// ulps.
struct Tolerance {
  double ulps = 0;
  double absolute = 0;  ///< for f32; for f64 as many times less as its numbers are finer
};
/// Whether both are NaN, the same infinity, or close enough.
bool agree(DType type, Real found, Real expected, const Tolerance& tolerance);

}  // namespace tilewright::graph
