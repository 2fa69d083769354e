#pragma once

#include <cstdint>

#include "graph/op.h"
#include "runtime/tensor.h"

namespace tilewright::graph {

/// [3, 3, ci, co] -> [tile + 2, tile + 2, ci, co]
Shape winograd_shape(const Shape& weights, std::int64_t tile);

/// The weights of a convolution 3 x 3, f32 [3, 3, ci, co], as ops::winograd_conv2d takes them: transformed in f64 and
/// rounded once. `tile`: 2 or 4.
runtime::Tensor winograd_weights(const runtime::Tensor& weights, std::int64_t tile);

/// How exact Winograd's F(tile x tile, 3 x 3) is with these weights: the largest error of its results, all arithmetic
/// in f32, relative to the largest result. Measured against direct convolution in f64, on 32 positions of all output
/// channels and inputs uniform in [-1, 1), which follow from the seed. NaN or infinite for weights that are.
double winograd_error(const runtime::Tensor& weights, std::int64_t tile, std::uint64_t seed);

}  // namespace tilewright::graph
