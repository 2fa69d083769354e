#pragma once

#include "te/tensor.h"

namespace tilewright::ops {

/// A math function of every element. Errors: bad_input when the function is not defined for the type (floats take
/// all but logical_not; integers neg and abs; bool logical_not).
te::Tensor unary(te::UnaryOp op, const te::Tensor& x, std::string name = "T_unary");

/// `a op b` element by element with NumPy broadcasting; comparisons give bool. Errors: bad_input for types that differ
/// or do not fit the operation, or shapes that do not broadcast.
te::Tensor binary(te::BinaryOp op, const te::Tensor& a, const te::Tensor& b, std::string name = "T_binary");

te::Tensor add(const te::Tensor& a, const te::Tensor& b, std::string name = "T_add");
te::Tensor multiply(const te::Tensor& a, const te::Tensor& b, std::string name = "T_multiply");

/// max(x, 0)
te::Tensor relu(const te::Tensor& x, std::string name = "T_relu");
/// min(max(x, low), high): high everywhere if low is above it.
te::Tensor clip(const te::Tensor& x, double low, double high, std::string name = "T_clip");
/// x where x > 0, slope * x elsewhere
te::Tensor leaky_relu(const te::Tensor& x, double slope, std::string name = "T_leaky_relu");

/// Adds `bias` [c] along dimension `axis` (negative: from the back) of extent c.
te::Tensor bias_add(const te::Tensor& x, const te::Tensor& bias, int axis = -1, std::string name = "T_bias_add");

struct BatchNormInputs {
  te::Tensor mean, variance, gamma, beta;  ///< each [c]
};
/// Batch normalisation at inference: (x - mean) / sqrt(variance + epsilon) * gamma + beta along dimension `axis`.
/// Stages: bn_scale [c] = gamma * rsqrt(variance + epsilon), bn_shift [c] = beta - mean * bn_scale, then `name`.
te::Tensor batch_norm(const te::Tensor& x, const BatchNormInputs& inputs, double epsilon, int axis = -1,
                      std::string name = "T_batch_norm");

/// on_true where the bool `condition` holds, on_false elsewhere; all three broadcast.
te::Tensor where(const te::Tensor& condition, const te::Tensor& on_true, const te::Tensor& on_false,
                 std::string name = "T_where");

/// Every element converted: to floats rounding to nearest, to integers truncating towards zero, to bool x != 0.
te::Tensor cast(DType type, const te::Tensor& x, std::string name = "T_cast");

}  // namespace tilewright::ops
