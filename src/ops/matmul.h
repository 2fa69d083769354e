#pragma once

#include "te/tensor.h"

namespace tilewright::ops {

struct MatmulParams {
  bool transpose_a = false, transpose_b = false;  ///< swap the last two dimensions of an operand
};

/// Matrix product over the last two dimensions, with NumPy broadcasting of the dimensions before them.
///
/// Shapes   a [..., m, k] (or [..., k, m]), b [..., k, n] (or [..., n, k]) -> [..., m, n]; both of rank 2 at least.
/// Stages   `name` with axes i, j (batch: b, or b0, b1, …) and reduction k.
/// Errors   bad_input: ranks, types, inner lengths, batch dimensions that do not broadcast.
te::Tensor matmul(const te::Tensor& a, const te::Tensor& b, const MatmulParams& params = {},
                  std::string name = "T_matmul");

/// Fully connected layer without bias: data [m, k], weights [n, k] -> [m, n]; weights may be laid out freely.
te::Tensor dense(const te::Tensor& data, const te::Tensor& weights, std::string name = "T_dense");

/// matmul for operands that both have exactly one batch dimension: [b, m, k] x [b, k, n] -> [b, m, n]; b may be 1.
te::Tensor batch_matmul(const te::Tensor& a, const te::Tensor& b, const MatmulParams& params = {},
                        std::string name = "T_batch_matmul");

}  // namespace tilewright::ops
