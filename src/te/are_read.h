#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "te/tensor.h"

namespace tilewright::te {

/// For each of `inputs`, whether `output` depends on it: folding may have left one unread, as x * 0 does for integers.
std::vector<bool> are_read(std::span<const Tensor> inputs, const Tensor& output);

/// Leaves out the inputs that `output` does not depend on, and with each what stands at its place in `beside`.
template <class T>
void drop_unread(std::vector<Tensor>& inputs, std::vector<T>& beside, const Tensor& output) {
  const std::vector<bool> read = are_read(inputs, output);
  for (std::size_t i = read.size(); i-- > 0;) {
    if (read[i]) continue;
    inputs.erase(inputs.begin() + static_cast<std::ptrdiff_t>(i));
    beside.erase(beside.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace tilewright::te
