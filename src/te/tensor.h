#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "te/expr.h"

namespace tilewright::te {

/// One tensor and how it comes to be: a placeholder (no body) or a compute operation. Immutable and shared.
struct Operation {
  std::string name;
  DType type;
  std::vector<std::int64_t> shape;  ///< elements per dimension; may be empty (a scalar)
  std::vector<AxisRef> axes;        ///< one per dimension; empty for a placeholder
  std::vector<AxisRef> reduce_axes;
  Expr body;  ///< null for a placeholder; a Reduce exactly when reduce_axes is not empty
  std::map<std::string, std::string> attributes;  ///< e.g. "layout_free_placeholders": names, comma separated
  bool is_placeholder() const { return !body; }
  /// A placeholder whose value is known when a schedule is compiled, so that it may be laid out anew: a weight.
  bool is_constant() const { return is_placeholder() && attributes.contains("constant"); }
  std::int64_t elements() const;
};
using OperationRef = std::shared_ptr<const Operation>;

/// A handle to the tensor that an operation produces.
class Tensor {
 public:
  Tensor() = default;
  Tensor(OperationRef op) : op_(std::move(op)) {}
  const Operation& operator*() const { return *op_; }
  const Operation* operator->() const { return op_.get(); }
  const OperationRef& op() const { return op_; }
  const std::vector<std::int64_t>& shape() const { return op_->shape; }
  std::int64_t dim(int i) const { return op_->shape[static_cast<std::size_t>(i)]; }
  int rank() const { return static_cast<int>(op_->shape.size()); }
  DType type() const { return op_->type; }
  /// A load: one index per dimension.
  Expr operator()(std::vector<Expr> indices) const;
  template <class... Index>
  Expr operator()(Index... index) const {
    return (*this)(std::vector<Expr>{Expr(index)...});
  }

 private:
  OperationRef op_;
};

Tensor placeholder(std::vector<std::int64_t> shape, std::string name, DType type = DType::f32);
/// A placeholder that is_constant().
Tensor constant_placeholder(std::vector<std::int64_t> shape, std::string name, DType type = DType::f32);

/// A tensor computed element by element. `body` receives one index expression per dimension; its result's type is the
/// tensor's type. A `Reduce` may stand only at the body's root. Axis names default to i0, i1, …
/// Errors: InternalError if the body misplaces a reduction or an axis name appears twice.
Tensor compute(std::vector<std::int64_t> shape, std::string name,
               const std::function<Expr(std::span<const Expr>)>& body, std::vector<std::string> axis_names = {},
               std::map<std::string, std::string> attributes = {});

/// A compute operation from axes that already exist (used by schedule steps that rewrite the DAG).
Tensor compute_on(std::vector<AxisRef> axes, std::string name, Expr body,
                  std::map<std::string, std::string> attributes = {});

}  // namespace tilewright::te
