#include "base/hash.h"

#include <bit>
#include <unordered_map>

#include "te/dag.h"

namespace tilewright::te {
namespace {

/// Hashes bodies with axes and tensors named by position.
class BodyHasher {
 public:
  explicit BodyHasher(const Dag& dag) : dag_(dag) {}

  void begin(const Operation& op) {
    axes_.clear();
    for (const AxisRef& axis : op.axes) axes_.emplace(axis.get(), axes_.size());
    for (const AxisRef& axis : op.reduce_axes) axes_.emplace(axis.get(), axes_.size());
  }

  std::uint64_t hash(const Expr& e) const {
    std::uint64_t h = hash_mix(static_cast<std::uint64_t>(e.type()), e->kind.index());
    h = hash_mix(h, own(e));
    for_each_child(e, [&](const Expr& child) { h = hash_mix(h, hash(child)); });
    return h;
  }

 private:
  std::uint64_t own(const Expr& e) const {
    return match(
        e,
        [](const Constant& n) {
          return std::holds_alternative<double>(n.value) ? std::bit_cast<std::uint64_t>(std::get<double>(n.value))
                                                         : static_cast<std::uint64_t>(std::get<std::int64_t>(n.value));
        },
        [&](const AxisIndex& n) { return static_cast<std::uint64_t>(axes_.at(n.axis.get())); },
        [](const Unary& n) { return static_cast<std::uint64_t>(n.op); },
        [](const Binary& n) { return static_cast<std::uint64_t>(n.op); },
        [](const Select&) { return std::uint64_t{0}; }, [](const Cast&) { return std::uint64_t{0}; },
        [&](const Load& n) { return static_cast<std::uint64_t>(dag_.index_of(n.tensor.get())); },
        [](const Reduce& n) { return static_cast<std::uint64_t>(n.combiner); });
  }

  const Dag& dag_;
  std::unordered_map<const Axis*, std::size_t> axes_;
};

}  // namespace

std::uint64_t structural_hash(const Dag& dag) {
  BodyHasher bodies(dag);
  std::uint64_t h = dag.ops().size();
  for (const Tensor& tensor : dag.ops()) {
    h = hash_mix(h, static_cast<std::uint64_t>(tensor->type));
    h = hash_mix(h, tensor->shape.size());
    for (std::int64_t extent : tensor->shape) h = hash_mix(h, static_cast<std::uint64_t>(extent));
    for (const AxisRef& axis : tensor->reduce_axes) h = hash_mix(h, static_cast<std::uint64_t>(axis->extent));
    if (tensor->is_constant()) h = hash_mix(h, hash_bytes("constant"));
    if (tensor->is_placeholder()) continue;
    bodies.begin(*tensor);
    h = hash_mix(h, bodies.hash(tensor->body));
  }
  for (const Tensor& argument : dag.arguments())
    h = hash_mix(h, static_cast<std::uint64_t>(dag.index_of(argument.op().get())));
  return h;
}

}  // namespace tilewright::te
