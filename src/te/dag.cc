#include "te/dag.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "base/error.h"

namespace tilewright::te {
namespace {

/// Depth-first post-order; the inputs of an operation in the order in which their loads first appear.
void visit(const Tensor& tensor, std::set<const Operation*>& seen, std::vector<Tensor>& order) {
  if (!seen.insert(tensor.op().get()).second) return;
  if (!tensor->is_placeholder())
    for (const Load* load : loads_of(tensor->body)) visit(Tensor(load->tensor), seen, order);
  order.push_back(tensor);
}

using Replacements = std::unordered_map<const Operation*, Tensor>;

Expr redirect_loads(const Expr& e, const Replacements& by) {
  const Expr next = map_children(e, [&](const Expr& child) { return redirect_loads(child, by); });
  const Load* load = as<Load>(next);
  if (!load) return next;
  const auto found = by.find(load->tensor.get());
  return found == by.end() ? next : found->second(load->indices);
}

}  // namespace

std::shared_ptr<const Dag> Dag::make(std::vector<Tensor> arguments) {
  std::vector<Tensor> ops;
  std::set<const Operation*> seen;
  for (const Tensor& argument : arguments)
    if (!argument->is_placeholder()) visit(argument, seen, ops);
  return make(std::move(arguments), std::move(ops));
}

std::shared_ptr<const Dag> Dag::make(std::vector<Tensor> arguments, std::vector<Tensor> ops) {
  auto dag = std::make_shared<Dag>();
  dag->ops_ = std::move(ops);
  dag->arguments_ = std::move(arguments);
  dag->reads_.resize(dag->ops_.size());
  dag->readers_.resize(dag->ops_.size());
  for (std::size_t i = 0; i < dag->ops_.size(); ++i) {
    if (dag->ops_[i]->is_placeholder()) continue;
    std::set<int> read;
    for (const Load* load : loads_of(dag->ops_[i]->body)) read.insert(dag->index_of(load->tensor.get()));
    dag->reads_[i].assign(read.begin(), read.end());
    for (int producer : read) dag->readers_[static_cast<std::size_t>(producer)].push_back(static_cast<int>(i));
  }

  std::set<const Operation*> given;
  for (const Tensor& argument : dag->arguments_) {
    const int i = dag->index_of(argument.op().get());
    TW_CHECK(given.insert(argument.op().get()).second, "argument {} is given twice", argument->name);
    TW_CHECK(i >= 0, "argument {} is read by nobody", argument->name);
    TW_CHECK(argument->is_placeholder() || dag->is_output(i), "argument {} is an intermediate: others read it",
             argument->name);
  }
  for (const Tensor& tensor : dag->ops_)
    TW_CHECK(!tensor->is_placeholder() || given.contains(tensor.op().get()),
             "placeholder {} is not among the arguments", tensor->name);
  return dag;
}

std::vector<Tensor> Dag::inputs() const {
  std::vector<Tensor> inputs;
  for (const Tensor& argument : arguments_)
    if (argument->is_placeholder()) inputs.push_back(argument);
  return inputs;
}

std::vector<Tensor> Dag::outputs() const {
  std::vector<Tensor> outputs;
  for (const Tensor& argument : arguments_)
    if (!argument->is_placeholder()) outputs.push_back(argument);
  return outputs;
}

int Dag::index_of(const Operation* op) const {
  const auto found = std::find_if(ops_.begin(), ops_.end(), [&](const Tensor& t) { return t.op().get() == op; });
  return found == ops_.end() ? -1 : static_cast<int>(found - ops_.begin());
}

std::shared_ptr<const Dag> replace(const Dag& dag,
                                   const std::vector<std::pair<const Operation*, Tensor>>& replacements) {
  Replacements by;
  for (const auto& [old_op, tensor] : replacements) by.emplace(old_op, tensor);
  for (const Tensor& tensor : dag.ops()) {
    if (tensor->is_placeholder() || by.contains(tensor.op().get())) continue;
    const Expr body = redirect_loads(tensor->body, by);
    if (same(body, tensor->body)) continue;
    Operation rebuilt = *tensor;  // keeps name, axes and attributes
    rebuilt.body = body;
    by.emplace(tensor.op().get(), std::make_shared<const Operation>(std::move(rebuilt)));
  }
  std::vector<Tensor> arguments = dag.arguments();
  for (Tensor& argument : arguments) {
    const auto found = by.find(argument.op().get());
    if (found == by.end()) continue;
    // A copy of an input (cache_read) does not take the input's place in the caller's list; another layout of it does.
    if (!argument->is_placeholder() || found->second->is_placeholder()) argument = found->second;
  }
  return Dag::make(std::move(arguments));
}

}  // namespace tilewright::te
