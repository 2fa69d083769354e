#pragma once

#include <string>
#include <vector>

#include "te/tensor.h"

namespace tilewright::workload {

using te::Expr;
using te::Tensor;
using Indices = std::span<const te::Expr>;

/// `x` with before[d] and after[d] elements of `value` around dimension d; a plain copy when there are none.
Tensor padded(const Tensor& x, const std::vector<std::int64_t>& before, const std::vector<std::int64_t>& after,
              const std::string& name, float value = 0);

/// Positions of a window of `k` taps over `extent` elements with `pad` on each side. Errors: Error(bad_input) when it
/// does not fit.
std::int64_t positions(std::int64_t extent, std::int64_t k, std::int64_t stride, std::int64_t pad,
                       std::int64_t dilation = 1);

/// index * factor + tap * dilation, without what changes nothing.
Expr tap_at(const Expr& index, std::int64_t factor, const Expr& tap, std::int64_t dilation = 1);

/// max(x, 0)
Tensor relu(const Tensor& x, const std::string& name);

}  // namespace tilewright::workload
