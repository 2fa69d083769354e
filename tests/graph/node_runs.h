#pragma once

#include <string>
#include <vector>

#include "onnx_model.h"
#include "runtime/model/model.h"

namespace tilewright::graph {

/// Exact for every element of every type, and for what functions of them give: 64 bits of mantissa at least.
using Real = long double;

Real exact_element(const runtime::Tensor& tensor, std::int64_t i);
std::vector<Real> exact_elements(const runtime::Tensor& tensor);
runtime::Tensor real_tensor(DType type, const Shape& shape, const std::vector<Real>& values);
/// The value as the type holds it.
Real rounded(DType type, Real value);

/// One ONNX operator.
struct OneNode {
  std::string op;
  int opset = 13;
  std::vector<OnnxModel::Attribute> attributes;
};

struct NodeRun {
  std::string how;  ///< "folded", …
  runtime::Tensor output;
};

/// A node in every way there is to compute it: folded at compile time, where that is possible, and by kernels with the
/// default schedules (vectors and their tails) and with plain loops.
class NodeRuns {
 public:
  /// The first `computed` inputs are given with each run, the others are weights. Errors: those of the importer.
  NodeRuns(OneNode node, std::vector<runtime::Tensor> inputs, std::size_t computed);
  /// The node's first output for these inputs, of the same types and shapes as those given at first.
  std::vector<NodeRun> run(const std::vector<runtime::Tensor>& computed) const;

 private:
  OneNode node_;
  std::vector<runtime::Tensor> inputs_;
  std::vector<std::pair<std::string, runtime::Model>> kernels_;
};

}  // namespace tilewright::graph
