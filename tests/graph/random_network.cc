#include "random_network.h"

#include "graph/array.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

class Grower {
 public:
  explicit Grower(Rng& rng) : rng_(rng) {
    const Shape shape{rng_.between(1, 2), 2 * rng_.between(1, 3), rng_.between(3, 6), rng_.between(3, 6)};
    tensors_.push_back(graph_.add_input("x", {DType::f32, shape}));
  }

  Graph grow(int nodes) {
    for (int i = 0; i < nodes; ++i) step();
    graph_.add_output("last", tensors_.back());
    graph_.add_output("other", pick());
    return std::move(graph_);
  }

 private:
  TensorId pick() {  // mostly recent ones, so that the network is deep
    const auto n = static_cast<std::int64_t>(tensors_.size());
    return tensors_[static_cast<std::size_t>(rng_.chance(0.6) ? n - 1 : rng_.below(n))];
  }
  TensorId constant(const Shape& shape) { return graph_.add_constant("c", to_tensor(random_array(shape, rng_()))); }
  void add(Op op, std::vector<TensorId> inputs) {
    tensors_.push_back(graph_.add(std::move(op), std::move(inputs), "n"));
  }

  void step() {
    const TensorId t = pick();
    const Shape s = graph_.shape(t);
    if (s.size() != 4) return add(Relu{}, {t});
    switch (rng_.below(14)) {
      case 0:
        return convolve(t, s);
      case 1:
        return add(Pool{rng_.chance(0.5) ? PoolKind::max : PoolKind::average,
                        {.kernel = {2, 2}, .pad_begin = {1, 0}, .pad_end = {0, 1}}},
                   {t});
      case 2:
        return add(BatchNorm{1e-2}, {t, constant({s[1]}), constant({s[1]}), constant({s[1]}), positive(s[1])});
      case 3:
        return add(Relu{}, {t});
      case 4:
        return add(Binary{rng_.chance(0.5) ? te::BinaryOp::mul : te::BinaryOp::add},
                   {t, constant(rng_.chance(0.8) ? Shape{s[1], 1, 1} : Shape{})});
      case 5:
        return join(t, s);
      case 6:
        return add(Concat{1}, {t, t});
      case 7:
        return shuffle(t, s);
      case 8:
        return add(Transpose{rng_.chance(0.5) ? std::vector<int>{0, 2, 3, 1} : std::vector<int>{0, 1, 3, 2}}, {t});
      case 9:
        return add(Pad{{0, 0, 1, 0}, {0, 0, 0, 1}}, {t});
      case 10:
        return add(Reduce{ReduceKind::mean, {2, 3}, true}, {t});
      case 11:
        return halve(t, s);
      case 12:
        return add(Reshape{{s[0], s[1] * s[2], s[3], 1}}, {t});
      default:
        return add(Unary{te::UnaryOp::tanh}, {t});
    }
  }

  TensorId positive(std::int64_t n) {
    te::Array value = random_array({n}, rng_());
    for (double& v : value.values) v = v * v + 0.5;
    return graph_.add_constant("variance", to_tensor(value));
  }
  void convolve(TensorId t, const Shape& s) {
    Conv conv{.window = {.kernel = {3, 2}, .pad_begin = {1, 1}, .pad_end = {1, 0}}};
    if (rng_.chance(0.3)) conv.groups = s[1];
    add(conv, {t, constant({conv.groups == 1 ? 4 : s[1], s[1] / conv.groups, 3, 2})});
  }
  void join(TensorId t, const Shape& s) {
    for (const TensorId other : tensors_)
      if (other != t && graph_.shape(other) == s) return add(Binary{te::BinaryOp::add}, {t, other});
    add(Binary{te::BinaryOp::mul}, {t, t});
  }
  void shuffle(TensorId t, const Shape& s) {
    if (s[1] % 2 != 0) return add(Relu{}, {t});
    add(Reshape{{s[0], 2, s[1] / 2, s[2], s[3]}}, {t});
    const TensorId turned = graph_.add(Transpose{{0, 2, 1, 3, 4}}, {tensors_.back()}, "n");
    tensors_.pop_back();
    add(Reshape{s}, {turned});
  }
  void halve(TensorId t, const Shape& s) {
    if (s[1] < 2) return add(Relu{}, {t});
    add(Slice{{0, s[1] % 2, 0, 0}, {1, 2, 1, 1}, {s[0], s[1] / 2, s[2], s[3]}}, {t});
  }

  Rng& rng_;
  Graph graph_;
  std::vector<TensorId> tensors_;
};

}  // namespace

Graph random_network(Rng& rng, int nodes) { return Grower(rng).grow(nodes); }

}  // namespace tilewright::graph
