#include "schedule/rewrite_dag.h"

#include <algorithm>
#include <unordered_map>

namespace tilewright::schedule {
namespace {

using Replacements = std::unordered_map<const te::Operation*, te::Tensor>;

te::Expr redirect_loads(const te::Expr& e, const Replacements& by) {
  const te::Expr next = te::map_children(e, [&](const te::Expr& child) { return redirect_loads(child, by); });
  const te::Load* load = te::as<te::Load>(next);
  if (!load) return next;
  const auto found = by.find(load->tensor.get());
  return found == by.end() ? next : found->second(load->indices);
}

}  // namespace

te::DagRef insert(const te::Dag& dag, const Insertion& insertion) {
  const std::vector<te::Tensor>& old_ops = dag.ops();
  const auto at = static_cast<std::size_t>(insertion.at);
  const te::Operation* replaced = old_ops[at].op().get();
  std::vector<te::Tensor> ops(old_ops.begin(), old_ops.begin() + insertion.at);
  ops.push_back(insertion.first);
  ops.push_back(insertion.second);

  Replacements rebuilt;
  for (std::size_t i = at + 1; i < old_ops.size(); ++i) {
    const te::Operation& op = *old_ops[i];
    const bool redirected = insertion.readers.empty() || std::find(insertion.readers.begin(), insertion.readers.end(),
                                                                   static_cast<int>(i)) != insertion.readers.end();
    if (redirected) {
      rebuilt[replaced] = insertion.second;
    } else {
      rebuilt.erase(replaced);
    }
    te::Expr body = op.is_placeholder() ? op.body : redirect_loads(op.body, rebuilt);
    if (op.is_placeholder() || same(body, op.body)) {
      ops.push_back(old_ops[i]);
      continue;
    }
    te::Operation next = op;
    next.body = std::move(body);
    ops.emplace_back(std::make_shared<const te::Operation>(std::move(next)));
    rebuilt[&op] = ops.back();
  }

  if (insertion.first.op().get() != replaced) rebuilt[replaced] = insertion.second;
  std::vector<te::Tensor> arguments = dag.arguments();
  for (te::Tensor& argument : arguments)
    if (const auto found = rebuilt.find(argument.op().get()); found != rebuilt.end() && !argument->is_placeholder())
      argument = found->second;
  return te::Dag::make(std::move(arguments), std::move(ops));
}

}  // namespace tilewright::schedule
