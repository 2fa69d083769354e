#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "te/tensor.h"

namespace tilewright::space {

/// How one load of a stage moves through its tensor.
struct LoadStrides {
  const te::Operation* tensor;
  std::vector<std::optional<std::int64_t>> spatial, reduce;  ///< elements per step of each axis; nothing: not linear
};

/// The loads of a compute stage, in textual order.
std::vector<LoadStrides> strides_of(const te::Operation& op);

/// The stride is known, and zero.
bool is_zero(const std::optional<std::int64_t>& stride);

/// Some load moves along spatial axis `vector_axis` and not along `axis`: a vector of it serves several rows.
bool reuses_vectors(const std::vector<LoadStrides>& loads, std::size_t axis, std::size_t vector_axis);

/// The longest run of steps of `axis`, starting at a multiple of itself, in which every division by a constant keeps
/// its value (group convolutions: output channels of one group); 0 if there is no such division.
std::int64_t constant_run(const te::Operation& op, const te::Axis& axis);

/// Last spatial axis of more than one element: the one with unit stride in the result. -1 if there is none.
int unit_stride_axis(const te::Operation& op);

}  // namespace tilewright::space
