#pragma once

#include <cstddef>
#include <vector>

namespace tilewright::ops {

using Matrix = std::vector<std::vector<double>>;  ///< rows of equal length

/// Transforms of F(m x m, r x r): m x m results of a convolution with r x r taps from tiles of alpha x alpha elements,
/// alpha = m + r - 1, with alpha^2 multiplications.
///
/// Shapes   data [alpha, alpha], weights [alpha, r], result [alpha, m]; a tile d, taps g and their results y are
///          y = result^T ((weights g weights^T) * (data^T d data)) result, * element by element.
/// Source   Toom and Cook; Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, CVPR 2016.
///          Polynomials are multiplied at the points 0, -1, 1, 1/2, -2 (the first alpha - 1 of them) and at infinity,
///          as in TVM's topi; of F(4, 3) these have the least error (Barabasz et al., ACM TOMS 46(4), 2020).
struct WinogradTransforms {
  Matrix data, weights, result;
};

/// m + r is at most 7.
WinogradTransforms winograd_transforms(std::size_t m, std::size_t r);

}  // namespace tilewright::ops
