#include <algorithm>
#include <cmath>
#include <set>

#include "base/integer.h"
#include "graph/array.h"
#include "graph/passes.h"
#include "graph/rewrite.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;

/// Whether constants that were worked out may replace those they were made of. One that is infinite may not: it left
/// the range of the type where the data would not have. `normal`: nor one that lost digits below that range.
bool is_in_range(const TensorInfo& worked_out, bool normal) {
  if (!worked_out.is_constant()) return true;
  const auto fits = [&](auto value) { return std::isfinite(value) && (!normal || value == 0 || std::isnormal(value)); };
  const runtime::Tensor& tensor = *worked_out.constant;
  if (tensor.type() == DType::f32) return std::ranges::all_of(tensor.as<float>(), fits);
  if (tensor.type() == DType::f64) return std::ranges::all_of(tensor.as<double>(), fits);
  return true;
}

/// data op constant, the product or sum that a node amounts to.
struct Affine {
  BinaryOp op;  ///< mul or add
  TensorId data, constant;
};

/// Merges the products and sums of one graph while it is rebuilt.
class ScaleFolder {
 public:
  explicit ScaleFolder(Graph& after) : after_(after) {}

  /// Tells that a new tensor is read once, so what computes it may be changed for its reader.
  void set_exclusive(TensorId id) { exclusive_.insert(id); }

  /// data op constant, in the cheapest form.
  TensorId apply(const Affine& a, const std::string& name) {
    if (exclusive_.count(a.data) > 0) {
      if (const std::optional<TensorId> scaled = scale_weights(a, name)) return *scaled;
      if (const std::optional<Affine> inner = affine_at(a.data)) return merge(*inner, a, name);
    }
    return after_.add(Binary{a.op}, {a.data, a.constant}, name);
  }

  /// The node as product with or sum of a constant that does not change its shape.
  std::optional<Affine> as_affine(const Op& op, const std::vector<TensorId>& inputs, const std::string& name) {
    const auto* binary = std::get_if<Binary>(&op);
    if (!binary || !is_float(after_.type(inputs[0]).type)) return std::nullopt;
    const bool commutes = binary->op == BinaryOp::add || binary->op == BinaryOp::mul;
    std::size_t constant = 1;
    if (commutes && after_.tensor(inputs[0]).is_constant()) constant = 0;
    const TensorId data = inputs[1 - constant];
    TensorId value = inputs[constant];
    if (!after_.tensor(value).is_constant() || after_.tensor(data).is_constant()) return std::nullopt;
    if (!broadcasts_into(after_.shape(value), after_.shape(data))) return std::nullopt;
    const DType type = after_.type(value).type;
    if (commutes) return Affine{binary->op, data, value};
    if (binary->op == BinaryOp::sub)
      return Affine{BinaryOp::add, data, after_.add(Binary{BinaryOp::mul}, {value, scalar(type, -1)}, name)};
    if (binary->op != BinaryOp::div) return std::nullopt;
    const TensorId reciprocal = after_.add(Binary{BinaryOp::div}, {scalar(type, 1), value}, name);
    if (!is_in_range(after_.tensor(reciprocal), true)) return std::nullopt;
    return Affine{BinaryOp::mul, data, reciprocal};
  }

 private:
  static bool broadcasts_into(const Shape& small, const Shape& large) {
    if (small.size() > large.size()) return false;
    for (std::size_t d = 0; d < small.size(); ++d)
      if (small[d] != 1 && small[d] != large[large.size() - small.size() + d]) return false;
    return true;
  }

  TensorId scalar(DType type, double value) {
    runtime::Tensor tensor(type, {});
    set_element(tensor, 0, value);
    return after_.add_constant("", std::move(tensor));
  }

  std::optional<Affine> affine_at(TensorId id) {
    const Node* node = after_.producer(id);
    if (!node) return std::nullopt;
    const Node copy = *node;
    return as_affine(copy.op, copy.inputs, copy.name);
  }

  /// (data op1 c1) op2 c2 in the form data * scale + shift.
  TensorId merge(const Affine& inner, const Affine& outer, const std::string& name) {
    const auto as_it_is = [&] { return after_.add(Binary{outer.op}, {outer.data, outer.constant}, name); };
    if (inner.op != outer.op && outer.op == BinaryOp::add) return as_it_is();
    const TensorId combined = after_.add(Binary{outer.op}, {inner.constant, outer.constant}, name);
    const bool is_scale = inner.op == BinaryOp::mul && outer.op == BinaryOp::mul;
    if (!is_in_range(after_.tensor(combined), is_scale)) return as_it_is();
    if (inner.op == outer.op) return apply({outer.op, inner.data, combined}, name);
    const TensorId scaled = apply({BinaryOp::mul, inner.data, outer.constant}, name);
    set_exclusive(scaled);
    return after_.add(Binary{BinaryOp::add}, {scaled, combined}, name);
  }

  /// A convolution or product with weights times a constant per output channel, if that is what `a` is.
  std::optional<TensorId> scale_weights(const Affine& a, const std::string& name) {
    if (a.op != BinaryOp::mul) return std::nullopt;
    const Node* node = after_.producer(a.data);
    if (!node || node->inputs.size() != 2 || !after_.tensor(node->inputs[1]).is_constant()) return std::nullopt;
    const Node producer = *node;
    const Shape out = after_.shape(a.data), weights = after_.shape(producer.inputs[1]);
    const auto* product_of = std::get_if<MatMul>(&producer.op);
    if (!product_of && !std::holds_alternative<Conv>(producer.op)) return std::nullopt;
    const std::size_t channel = product_of ? out.size() - 1 : 1;
    std::size_t filter = 0;  // the dimension of the weights that becomes `channel`
    if (product_of) filter = weights.size() - (product_of->transpose_b ? 2 : 1);

    const Shape factor = after_.shape(a.constant);
    for (std::size_t d = 0; d < factor.size(); ++d)
      if (factor[d] != 1 && out.size() - factor.size() + d != channel) return std::nullopt;
    Shape per_filter(weights.size(), 1);
    per_filter[filter] = product(factor);
    const TensorId shaped = after_.add(Reshape{per_filter}, {a.constant}, name);
    const TensorId scaled = after_.add(Binary{BinaryOp::mul}, {producer.inputs[1], shaped}, name + ".weights");
    if (!is_in_range(after_.tensor(scaled), false)) return std::nullopt;
    return after_.add(producer.op, {producer.inputs[0], scaled}, producer.name);
  }

  Graph& after_;
  std::set<TensorId> exclusive_;
};

}  // namespace

Graph fold_scales(const Graph& graph) {
  std::optional<ScaleFolder> folder;
  return Rewriter::run(graph, [&](Rewriter& rewriter, const Node& node) -> std::optional<TensorId> {
    if (!std::holds_alternative<Binary>(node.op)) return std::nullopt;
    if (!folder) folder.emplace(rewriter.after());
    for (const TensorId id : node.inputs)
      if (rewriter.has_one_reader(id)) folder->set_exclusive(rewriter.moved(id));
    const std::optional<Affine> affine = folder->as_affine(node.op, rewriter.moved_inputs(node), node.name);
    if (!affine) return std::nullopt;
    return folder->apply(*affine, node.name);
  });
}

}  // namespace tilewright::graph
