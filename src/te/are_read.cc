#include "te/are_read.h"

#include <set>

namespace tilewright::te {

std::vector<bool> are_read(std::span<const Tensor> inputs, const Tensor& output) {
  std::set<const Operation*> reached{output.op().get()};
  std::vector<const Operation*> next{output.op().get()};
  while (!next.empty()) {
    const Operation* op = next.back();
    next.pop_back();
    if (op->is_placeholder()) continue;
    for (const Load* load : loads_of(op->body))
      if (reached.insert(load->tensor.get()).second) next.push_back(load->tensor.get());
  }
  std::vector<bool> read;
  for (const Tensor& input : inputs) read.push_back(reached.contains(input.op().get()));
  return read;
}

}  // namespace tilewright::te
