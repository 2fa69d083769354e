#include "te/tensor.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/integer.h"

namespace tilewright::te {
namespace {

/// Axes in `e` must belong to the operation, and no reduction may stand below the root.
void check_source(const Operation& op, const Expr& e) {
  TW_CHECK(!as<Reduce>(e), "{}: a reduction may stand only at the root of the body", op.name);
  if (const AxisIndex* index = as<AxisIndex>(e)) {
    const std::vector<AxisRef>& own = index->axis->reduce ? op.reduce_axes : op.axes;
    TW_CHECK(std::find(own.begin(), own.end(), index->axis) != own.end(), "{}: axis {} in the body is not its own",
             op.name, index->axis->name);
  }
  for_each_child(e, [&](const Expr& child) { check_source(op, child); });
}

void check_axis_names(const Operation& op) {
  std::set<std::string_view> seen;
  for (const std::vector<AxisRef>* axes : {&op.axes, &op.reduce_axes})
    for (const AxisRef& axis : *axes)
      TW_CHECK(seen.insert(axis->name).second, "{}: axis name {} appears twice", op.name, axis->name);
}

Tensor make_placeholder(std::vector<std::int64_t> shape, std::string name, DType type,
                        std::map<std::string, std::string> attributes) {
  for (std::int64_t extent : shape) TW_CHECK(extent >= 1, "{}: extent {} must be at least 1", name, extent);
  Operation op;
  op.name = std::move(name);
  op.type = type;
  op.shape = std::move(shape);
  op.attributes = std::move(attributes);
  return std::make_shared<const Operation>(std::move(op));
}

}  // namespace

std::int64_t Operation::elements() const { return product(shape); }

Expr Tensor::operator()(std::vector<Expr> indices) const {
  TW_CHECK(indices.size() == op_->shape.size(), "{} has {} dimensions, found {} indices", op_->name, op_->shape.size(),
           indices.size());
  for (const Expr& index : indices)
    TW_CHECK(index.type() == DType::i32 || index.type() == DType::i64,
             "index {} of {} has type {}, expected an integer", to_text(index), op_->name, to_text(index.type()));
  return Expr(ExprNode{op_->type, Load{op_, std::move(indices)}});
}

Tensor placeholder(std::vector<std::int64_t> shape, std::string name, DType type) {
  return make_placeholder(std::move(shape), std::move(name), type, {});
}

Tensor constant_placeholder(std::vector<std::int64_t> shape, std::string name, DType type) {
  return make_placeholder(std::move(shape), std::move(name), type, {{"constant", ""}});
}

Tensor compute(std::vector<std::int64_t> shape, std::string name,
               const std::function<Expr(std::span<const Expr>)>& body, std::vector<std::string> axis_names,
               std::map<std::string, std::string> attributes) {
  TW_CHECK(axis_names.empty() || axis_names.size() == shape.size(), "{}: {} axis names for {} dimensions", name,
           axis_names.size(), shape.size());
  std::vector<AxisRef> axes;
  std::vector<Expr> indices;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    axes.push_back(make_axis(axis_names.empty() ? fmt::format("i{}", i) : axis_names[i], shape[i]));
    indices.emplace_back(axes.back());
  }
  return compute_on(std::move(axes), std::move(name), body(indices), std::move(attributes));
}

Tensor compute_on(std::vector<AxisRef> axes, std::string name, Expr body,
                  std::map<std::string, std::string> attributes) {
  Operation op;
  op.name = std::move(name);
  op.type = body.type();
  for (const AxisRef& axis : axes) {
    TW_CHECK(!axis->reduce, "{}: {} is a reduction axis, expected a spatial one", op.name, axis->name);
    op.shape.push_back(axis->extent);
  }
  op.axes = std::move(axes);
  op.attributes = std::move(attributes);
  const Reduce* reduction = as<Reduce>(body);
  if (reduction) op.reduce_axes = reduction->axes;
  check_axis_names(op);
  check_source(op, reduction ? reduction->source : body);
  op.body = std::move(body);
  return std::make_shared<const Operation>(std::move(op));
}

}  // namespace tilewright::te
