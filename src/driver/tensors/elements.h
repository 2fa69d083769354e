#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/tensor.h"

namespace tilewright::driver {

/// Every element as a double, in memory order. bf16 is widened; i64 beyond 2^53 is rounded.
std::vector<double> elements_as_double(const runtime::Tensor& tensor);

/// Every element of a tensor of integers or booleans (0 or 1), exactly, in memory order.
std::vector<std::int64_t> elements_as_integer(const runtime::Tensor& tensor);

/// A tensor of seeded values: uniform in [-1, 1) for floats, in [0, 2) for integers (valid as any small index), coins
/// for booleans.
runtime::Tensor random_tensor(DType type, const std::vector<std::int64_t>& shape, std::uint64_t seed);

}  // namespace tilewright::driver
