// Recurrent layers (RNN, GRU, LSTM), step by step: the products of all inputs are one matrix product, and each step is
// the product of the state before, the gates, and the state after. All steps are the same few tasks.
//
// Hidden units are filled up to whole vectors: their weights from and to others are 0, so that no other unit sees what
// they hold, and they are cut off at the end. A step then begins where kernels want their data to begin, and reads and
// writes parts of tensors that hold all steps (graph/views.h).

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/element.h"
#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

using te::BinaryOp;
using te::UnaryOp;

constexpr std::int64_t kMostSteps = 16384;  ///< of all directions; the plan of a run has some calls for each
constexpr std::int64_t kUnits = 16;         ///< hidden units are filled up to a multiple: 64 bytes of f32

/// An activation with its parameters.
struct Activation {
  std::string name;
  double alpha, beta;
};

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// ONNX's activations, with what their parameters are if none are given: those of the operators of the same name.
const Activation kActivations[] = {
    {"Affine", kNone, kNone},     {"Elu", 1, 0},     {"HardSigmoid", 0.2, 0.5}, {"LeakyRelu", 0.01, 0}, {"Relu", 0, 0},
    {"ScaledTanh", kNone, kNone}, {"Sigmoid", 0, 0}, {"Softplus", 0, 0},        {"Softsign", 0, 0},     {"Tanh", 0, 0},
    {"ThresholdedRelu", 1, 0}};
std::string known_names() {
  std::vector<std::string_view> names;
  for (const Activation& activation : kActivations) names.push_back(activation.name);
  return fmt::format("{}", fmt::join(names, ", "));
}
bool takes_alpha(std::string_view name) {
  return name != "Relu" && name != "Sigmoid" && name != "Softplus" && name != "Softsign" && name != "Tanh";
}
bool takes_beta(std::string_view name) { return name == "Affine" || name == "HardSigmoid" || name == "ScaledTanh"; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// What the three operators have in common, in elementary operations on the node's graph.
class Recurrence {
 public:
  /// `gates`: blocks of the weights; `activations`: of a direction, where none are given.
  Recurrence(OnnxNode& node, int gates, std::vector<std::string> activations)
      : node_(node), gates_(gates), per_direction_(static_cast<int>(activations.size())) {
    node.require_float(0);
    if (node.rank(0) != 3) refuse("its data has shape {}, expected 3 dimensions", shape_text(node.shape(0)));
    layout_ = node.integer("layout", 0);
    if (layout_ != 0 && layout_ != 1) refuse("layout is {}, expected 0 or 1", layout_);
    read_directions();
    read_sizes();
    read_activations(std::move(activations));
    read_lengths();
    if (node.has("clip")) clip_ = node.real("clip", 0);
  }

  std::int64_t steps() const { return steps_; }
  std::int64_t units() const { return units_; }  ///< filled up
  int directions() const { return static_cast<int>(is_reverse_.size()); }

  TensorId number(double value) { return node_.scalar(node_.type(0), value); }
  TensorId add(TensorId a, TensorId b) { return node_.binary(BinaryOp::add, a, b); }
  TensorId sub(TensorId a, TensorId b) { return node_.binary(BinaryOp::sub, a, b); }
  TensorId mul(TensorId a, TensorId b) { return node_.binary(BinaryOp::mul, a, b); }
  /// [batch, units] by the recurrent weights of some gates, [gates * units, units].
  TensorId times(TensorId state, TensorId weights) { return node_.add(MatMul{false, true}, {state, weights}); }

  /// A gate's part of [batch, gates * units].
  TensorId gate(TensorId all, int which) { return node_.slice(all, 1, which * units_, units_); }

  /// Input `i` of one direction, which is its first axis. Each named axis of the rest is so many blocks of hidden
  /// units, which are filled up.
  TensorId weights(int i, int direction, std::vector<std::pair<int, int>> blocks_of_axis) {
    TensorId data = node_.slice(node_.input(i), 0, direction, 1);
    Shape shape(node_.shape_of(data).begin() + 1, node_.shape_of(data).end());
    data = node_.reshape(data, shape);
    for (const auto& [axis, blocks] : blocks_of_axis) data = fill_up(data, axis, blocks);
    return data;
  }

  /// Products of all inputs with the direction's weights, and biases that belong to them: [steps * batch, gates *
  /// units].
  TensorId input_products(int direction, TensorId bias) {
    TensorId x = node_.input(0);
    if (layout_ == 1) x = node_.add(Transpose{{1, 0, 2}}, {x});
    x = node_.reshape(x, {steps_ * batch_, node_.shape_of(x)[2]});
    const TensorId products = times(x, weights(1, direction, {{0, gates_}}));
    return bias < 0 ? products : add(products, bias);
  }
  TensorId input_of_step(TensorId products, std::int64_t step) {
    return node_.slice(products, 0, step * batch_, batch_);
  }

  /// The biases of input and recurrent products of one direction, [gates * units] each; -1 if there are none.
  std::array<TensorId, 2> biases(int direction) {
    if (!node_.has_input(3)) return {-1, -1};
    const TensorId both = weights(3, direction, {{0, 2 * gates_}});
    return {node_.slice(both, 0, 0, gates_ * units_), node_.slice(both, 0, gates_ * units_, gates_ * units_)};
  }

  /// The state before the first step, [batch, units], from an input [directions, batch, hidden] or, layout 1,
  /// [batch, directions, hidden].
  TensorId initial_state(int i, int direction) {
    if (!node_.has_input(i)) return node_.add(Expand{{batch_, units_}}, {number(0)});
    TensorId state = node_.slice(node_.input(i), layout_ == 1 ? 1 : 0, direction, 1);
    state = node_.reshape(state, {batch_, hidden_});
    return fill_up(state, 1, 1);
  }

  /// The gate's sum before its activation, limited.
  TensorId clipped(TensorId sum) { return clip_ > 0 ? node_.add(Clip{-clip_, clip_}, {sum}) : sum; }
  /// The direction's activation at this position of the operator's list.
  TensorId activated(TensorId x, int direction, int which) {
    return apply(activations_[at(direction * per_direction_ + which)], clipped(x));
  }

  /// The last activation, of a cell, which is not clipped.
  TensorId activated_cell(TensorId cell, int direction) {
    return apply(activations_[at(direction * per_direction_ + per_direction_ - 1)], cell);
  }

  /// What a step writes, and the state after it: its result, or, past a sequence's end, 0 and the state before.
  TensorId output_of(TensorId state, std::int64_t step) { return within(step, state, number(0)); }
  TensorId state_after(TensorId state, TensorId before, std::int64_t step) { return within(step, state, before); }

  /// Steps in the order in which a direction takes them.
  std::vector<std::int64_t> order(int direction) const {
    std::vector<std::int64_t> order(static_cast<std::size_t>(steps_));
    std::iota(order.begin(), order.end(), 0);
    if (is_reverse_[at(direction)]) std::reverse(order.begin(), order.end());
    return order;
  }

  /// Output 0 of what each direction wrote at each step: [steps, directions, batch, hidden], or as layout 1 has it.
  TensorId all_steps(const std::vector<std::vector<TensorId>>& written) {
    std::vector<TensorId> pieces;
    for (std::int64_t step = 0; step < steps_; ++step)
      for (const std::vector<TensorId>& direction : written)
        pieces.push_back(node_.reshape(direction[static_cast<std::size_t>(step)], {1, batch_, units_}));
    TensorId all = pieces.size() == 1 ? pieces[0] : node_.add(Concat{0}, std::move(pieces));
    all = node_.reshape(all, {steps_, directions(), batch_, units_});
    all = node_.slice(all, 3, 0, hidden_);
    return layout_ == 1 ? node_.add(Transpose{{2, 0, 1, 3}}, {all}) : all;
  }
  /// Outputs 1 and 2, of the last state of each direction: [directions, batch, hidden], or as layout 1 has it.
  TensorId last_states(const std::vector<TensorId>& states) {
    std::vector<TensorId> pieces;
    for (const TensorId state : states)
      pieces.push_back(node_.reshape(node_.slice(state, 1, 0, hidden_), {1, batch_, hidden_}));
    const TensorId all = pieces.size() == 1 ? pieces[0] : node_.add(Concat{0}, std::move(pieces));
    return layout_ == 1 ? node_.add(Transpose{{1, 0, 2}}, {all}) : all;
  }

 private:
  void read_directions() {
    const std::string direction = node_.text("direction", "forward");
    if (direction == "forward")
      is_reverse_ = {false};
    else if (direction == "reverse")
      is_reverse_ = {true};
    else if (direction == "bidirectional")
      is_reverse_ = {false, true};
    else
      refuse("direction is '{}', expected 'forward', 'reverse' or 'bidirectional'", direction);
  }

  void require_shape(int i, const Shape& expected, std::string_view what) {
    if (node_.has_input(i) && node_.shape(i) != expected)
      refuse("input {} ({}) has shape {}, expected {}", i, what, shape_text(node_.shape(i)), shape_text(expected));
  }

  void read_sizes() {
    const Shape& x = node_.filled_shape(0);
    steps_ = x[layout_ == 1 ? 1 : 0], batch_ = x[layout_ == 1 ? 0 : 1];
    if (node_.rank(2) != 3) refuse("input 2 (R) has shape {}, expected 3 dimensions", shape_text(node_.shape(2)));
    hidden_ = node_.shape(2)[2];
    if (hidden_ < 1) refuse("it has {} hidden units", hidden_);
    if (node_.has("hidden_size") && node_.integer("hidden_size", 0) != hidden_)
      refuse("hidden_size is {}, but input 2 (R) has shape {}", node_.integer("hidden_size", 0),
             shape_text(node_.shape(2)));
    if (steps_ * directions() > kMostSteps)
      refuse(
          "it has {} steps in {} direction(s), at most {} in all are supported; run it on shorter pieces, with the "
          "states handed on",
          steps_, directions(), kMostSteps);
    units_ = round_up(hidden_, kUnits);
    const std::int64_t d = directions(), g = gates_;
    require_shape(1, {d, g * hidden_, x[2]}, "W");
    require_shape(2, {d, g * hidden_, hidden_}, "R");
    require_shape(3, {d, 2 * g * hidden_}, "B");
    require_shape(4, {batch_}, "sequence_lens");
    const Shape state = layout_ == 1 ? Shape{batch_, d, hidden_} : Shape{d, batch_, hidden_};
    require_shape(5, state, "initial_h");
    require_shape(6, state, "initial_c");
    require_shape(7, {d, 3 * hidden_}, "P");
  }

  void read_activations(std::vector<std::string> defaults) {
    std::vector<std::string> names;
    for (int d = 0; d < directions(); ++d) names.insert(names.end(), defaults.begin(), defaults.end());
    if (node_.has("activations")) {
      const std::vector<std::string> given = node_.texts("activations");
      if (given.size() != names.size()) refuse("it has {} activations, expected {}", given.size(), names.size());
      names = given;
    }
    std::vector<double> alphas, betas;
    if (node_.has("activation_alpha")) alphas = node_.reals("activation_alpha");
    if (node_.has("activation_beta")) betas = node_.reals("activation_beta");
    auto alpha = alphas.begin(), beta = betas.begin();
    for (const std::string& name : names) {  // parameters are for those that take some, in order
      const auto known =
          std::ranges::find_if(kActivations, [&](const Activation& a) { return same_name(a.name, name); });
      if (known == std::end(kActivations)) refuse("activation '{}' is not known; there are {}", name, known_names());
      activations_.push_back(*known);
      if (takes_alpha(known->name) && alpha != alphas.end()) activations_.back().alpha = *alpha++;
      if (takes_beta(known->name) && beta != betas.end()) activations_.back().beta = *beta++;
      if (std::isnan(activations_.back().alpha) || std::isnan(activations_.back().beta))
        refuse("activation {} is given no activation_alpha or activation_beta", known->name);
    }
  }

  /// Where sequences are shorter than the steps: which steps of which are within, [steps, batch, units], 1 or 0.
  void read_lengths() {
    if (!node_.has_input(4)) return;
    if (node_.is_constant(4)) {
      const std::vector<std::int64_t> lengths = node_.constant_integers(4, "sequence_lens");
      for (const std::int64_t length : lengths)
        if (length < 0 || length > steps_) refuse("a sequence_lens of {}, expected 0 to {} steps", length, steps_);
      if (std::ranges::all_of(lengths, [&](std::int64_t length) { return length == steps_; })) return;
    }
    runtime::Tensor numbers(node_.type(4), {steps_, 1, 1});
    for (std::int64_t step = 0; step < steps_; ++step)
      store_element(numbers.type(), numbers.data(), step, Number(step));
    const TensorId is_within = node_.binary(BinaryOp::lt, node_.add_constant(std::move(numbers)),
                                            node_.reshape(node_.input(4), {1, batch_, 1}));
    lengths_ = node_.add(Expand{{steps_, batch_, units_}}, {node_.cast(is_within, DType::f32)});
    lengths_ = node_.reshape(lengths_, {steps_ * batch_, units_});
  }

  TensorId within(std::int64_t step, TensorId inside, TensorId outside) {
    if (lengths_ < 0) return inside;
    const TensorId mask = input_of_step(lengths_, step);
    return node_.add(Select{}, {node_.binary(BinaryOp::gt, mask, node_.scalar(DType::f32, 0.0)), inside, outside});
  }

  /// Zeros for the hidden units that are filled up, in each of so many blocks along an axis.
  TensorId fill_up(TensorId data, int axis, int blocks) {
    if (units_ == hidden_) return data;
    Shape apart = node_.shape_of(data), together = apart;
    apart[at(axis)] = hidden_;
    apart.insert(apart.begin() + axis, blocks);
    Pad pad{Shape(apart.size(), 0), Shape(apart.size(), 0)};
    pad.end[at(axis) + 1] = units_ - hidden_;
    together[at(axis)] = blocks * units_;
    return node_.reshape(node_.add(std::move(pad), {node_.reshape(data, apart)}), together);
  }

  TensorId apply(const Activation& f, TensorId x) {
    const auto scaled = [&](double factor, TensorId a) { return factor == 1 ? a : mul(a, number(factor)); };
    if (f.name == "Sigmoid") return node_.unary(UnaryOp::sigmoid, x);
    if (f.name == "Tanh") return node_.unary(UnaryOp::tanh, x);
    if (f.name == "Relu") return node_.add(Relu{}, {x});
    if (f.name == "Affine") return add(scaled(f.alpha, x), number(f.beta));
    if (f.name == "LeakyRelu") return node_.add(LeakyRelu{f.alpha}, {x});
    if (f.name == "ThresholdedRelu")
      return node_.add(Select{}, {node_.binary(BinaryOp::gt, x, number(f.alpha)), x, number(0)});
    if (f.name == "ScaledTanh") return scaled(f.alpha, node_.unary(UnaryOp::tanh, scaled(f.beta, x)));
    if (f.name == "HardSigmoid") return node_.add(Clip{0, 1}, {add(scaled(f.alpha, x), number(f.beta))});
    if (f.name == "Elu") {
      const TensorId below = node_.unary(UnaryOp::expm1, node_.binary(BinaryOp::min, x, number(0)));
      return add(node_.add(Relu{}, {x}), scaled(f.alpha, below));
    }
    if (f.name == "Softsign") return node_.binary(BinaryOp::div, x, add(node_.unary(UnaryOp::abs, x), number(1)));
    // Softplus, log(1 + exp(x)): max(x, 0) + log1p(exp(-|x|)), which does not overflow.
    const TensorId small = node_.unary(UnaryOp::exp, node_.unary(UnaryOp::neg, node_.unary(UnaryOp::abs, x)));
    return add(node_.add(Relu{}, {x}), node_.unary(UnaryOp::log1p, small));
  }

  OnnxNode& node_;
  int gates_, per_direction_;
  std::int64_t layout_ = 0, steps_ = 0, batch_ = 0, hidden_ = 0, units_ = 0;
  std::vector<bool> is_reverse_;
  std::vector<Activation> activations_;
  double clip_ = 0;
  TensorId lengths_ = -1;
};

}  // namespace

/// H = f(X W^T + H R^T + Wb + Rb)
Outputs import_rnn(OnnxNode& node) {
  Recurrence r(node, 1, {"Tanh"});
  std::vector<std::vector<TensorId>> written;
  std::vector<TensorId> last;
  for (int d = 0; d < r.directions(); ++d) {
    const auto [wb, rb] = r.biases(d);
    const TensorId products = r.input_products(d, wb < 0 ? -1 : r.add(wb, rb));
    const TensorId weights = r.weights(2, d, {{0, 1}, {1, 1}});
    TensorId h = r.initial_state(5, d);
    std::vector<TensorId>& outputs = written.emplace_back(static_cast<std::size_t>(r.steps()));
    for (const std::int64_t step : r.order(d)) {
      const TensorId sum = r.add(r.times(h, weights), r.input_of_step(products, step));
      const TensorId state = r.activated(sum, d, 0);
      outputs[static_cast<std::size_t>(step)] = r.output_of(state, step);
      h = r.state_after(state, h, step);
    }
    last.push_back(h);
  }
  return {r.all_steps(written), r.last_states(last)};
}

/// Gates z, r, h, in this order:
///   z, r = f(X W^T + H R^T + Wb + Rb);  H' = (1 - z) h + z H, with
///   h = g(X Wh^T + (r H) Rh^T + Wbh + Rbh), or linear_before_reset: g(X Wh^T + Wbh + r (H Rh^T + Rbh))
Outputs import_gru(OnnxNode& node) {
  Recurrence r(node, 3, {"Sigmoid", "Tanh"});
  const bool linear_first = node.integer("linear_before_reset", 0) != 0;
  const std::int64_t units = r.units();
  std::vector<std::vector<TensorId>> written;
  std::vector<TensorId> last;
  for (int d = 0; d < r.directions(); ++d) {
    const auto [wb, rb] = r.biases(d);
    // What is added to the product of the state before r is applied can't be added to the inputs'.
    const TensorId rb_of_h = wb < 0 ? -1 : node.slice(rb, 0, 2 * units, units);
    TensorId bias = wb < 0 ? -1 : r.add(wb, rb);
    if (wb >= 0 && linear_first) {
      const TensorId of_gates = r.add(node.slice(wb, 0, 0, 2 * units), node.slice(rb, 0, 0, 2 * units));
      bias = node.add(Concat{0}, {of_gates, node.slice(wb, 0, 2 * units, units)});
    }
    const TensorId products = r.input_products(d, bias);
    const TensorId weights = r.weights(2, d, {{0, 3}, {1, 1}});
    const TensorId of_gates = node.slice(weights, 0, 0, 2 * units), of_h = node.slice(weights, 0, 2 * units, units);
    TensorId h = r.initial_state(5, d);
    std::vector<TensorId>& outputs = written.emplace_back(static_cast<std::size_t>(r.steps()));
    for (const std::int64_t step : r.order(d)) {
      const TensorId x = r.input_of_step(products, step), x_of_h = node.slice(x, 1, 2 * units, units);
      const TensorId gates =
          linear_first ? r.times(h, weights) : r.add(r.times(h, of_gates), node.slice(x, 1, 0, 2 * units));
      const auto gate = [&](int which) {
        const TensorId part = r.gate(gates, which);
        return r.activated(linear_first ? r.add(part, r.gate(x, which)) : part, d, 0);
      };
      const TensorId z = gate(0), reset = gate(1);
      TensorId of_state = -1;
      if (linear_first) {
        const TensorId product = r.gate(gates, 2);
        of_state = r.mul(reset, rb_of_h < 0 ? product : r.add(product, rb_of_h));
      } else {
        of_state = r.times(r.mul(reset, h), of_h);
      }
      const TensorId candidate = r.activated(r.add(of_state, x_of_h), d, 1);
      const TensorId state = r.add(r.mul(r.sub(r.number(1), z), candidate), r.mul(z, h));
      outputs[static_cast<std::size_t>(step)] = r.output_of(state, step);
      h = r.state_after(state, h, step);
    }
    last.push_back(h);
  }
  return {r.all_steps(written), r.last_states(last)};
}

/// Gates i, o, f, c, in this order:
///   i, f = f(X W^T + H R^T + P C + Wb + Rb);  C' = f C + i g(X Wc^T + H Rc^T + Wbc + Rbc)
///   o = f(X Wo^T + H Ro^T + Po C' + Wbo + Rbo);  H' = o h(C')
Outputs import_lstm(OnnxNode& node) {
  Recurrence r(node, 4, {"Sigmoid", "Tanh", "Tanh"});
  const bool is_coupled = node.integer("input_forget", 0) != 0;
  std::vector<std::vector<TensorId>> written;
  std::vector<TensorId> last_h, last_c;
  for (int d = 0; d < r.directions(); ++d) {
    const auto [wb, rb] = r.biases(d);
    const TensorId products = r.input_products(d, wb < 0 ? -1 : r.add(wb, rb));
    const TensorId weights = r.weights(2, d, {{0, 4}, {1, 1}});
    std::vector<TensorId> peepholes;  // of i, o and f
    if (node.has_input(7)) {
      const TensorId all = r.weights(7, d, {{0, 3}});
      for (int gate = 0; gate < 3; ++gate) peepholes.push_back(node.slice(all, 0, gate * r.units(), r.units()));
    }
    TensorId h = r.initial_state(5, d), c = r.initial_state(6, d);
    std::vector<TensorId>& outputs = written.emplace_back(static_cast<std::size_t>(r.steps()));
    for (const std::int64_t step : r.order(d)) {
      const TensorId sums = r.add(r.times(h, weights), r.input_of_step(products, step));
      const auto sum = [&](int gate, TensorId cell) {
        const TensorId plain = r.gate(sums, gate);
        return peepholes.empty() ? plain : r.add(plain, r.mul(peepholes[at(gate)], cell));
      };
      const TensorId i = r.activated(sum(0, c), d, 0);
      const TensorId f = is_coupled ? r.sub(r.number(1), i) : r.activated(sum(2, c), d, 0);
      const TensorId cell = r.add(r.mul(f, c), r.mul(i, r.activated(r.gate(sums, 3), d, 1)));
      const TensorId o = r.activated(sum(1, cell), d, 0);
      const TensorId state = r.mul(o, r.activated_cell(cell, d));
      outputs[static_cast<std::size_t>(step)] = r.output_of(state, step);
      h = r.state_after(state, h, step);
      c = r.state_after(cell, c, step);
    }
    last_h.push_back(h);
    last_c.push_back(c);
  }
  return {r.all_steps(written), r.last_states(last_h), r.last_states(last_c)};
}

}  // namespace tilewright::graph
