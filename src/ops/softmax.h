#pragma once

#include "te/tensor.h"

namespace tilewright::ops {

/// exp(x - max) / sum(exp(x - max)) along dimension `axis` (negative: from the back).
///
/// Shapes   x [...] -> the same.
/// Stages   T_softmax_maxelem, T_softmax_exp, T_softmax_expsum, T_softmax_norm, as in TVM's topi.
/// Errors   bad_input: a scalar, an axis outside of the rank, a type that is not a float.
te::Tensor softmax(const te::Tensor& x, int axis = -1);

/// x - max - log(sum(exp(x - max))). Stages: T_softmax_maxelem, T_softmax_expsum, T_log_softmax_norm. Errors: as
/// softmax.
te::Tensor log_softmax(const te::Tensor& x, int axis = -1);

}  // namespace tilewright::ops
