#pragma once

#include "te/tensor.h"

namespace tilewright::workload {

/// exp(x - max) / sum(exp(x - max)) along the last axis, in the four stages of TVM's topi.
te::Tensor softmax_of(const te::Tensor& x);

}  // namespace tilewright::workload
