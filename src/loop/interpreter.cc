#include "loop/interpreter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/integer.h"
#include "te/comparison.h"
#include "te/evaluator.h"
#include "te/rounding.h"

namespace tilewright::loop {
namespace {

using te::BinaryOp;
using te::UnaryOp;

class Interpreter {
 public:
  Interpreter(const Program& program, std::span<const te::Array> inputs) : program_(program) {
    atoms_.assign(static_cast<std::size_t>(program.indices.size()), 0);
    for (const Buffer& buffer : program.buffers)
      memory_.emplace_back(static_cast<std::size_t>(buffer.elements()), std::numeric_limits<double>::quiet_NaN());
    const auto arguments = program.dag->inputs();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      std::vector<double>& memory = memory_[argument(arguments[i])];
      if (const BlockedLayout* layout = layout_of(arguments[i]))
        to_blocks(*layout, sizeof(double), inputs[i].values.data(), memory.data());
      else
        memory = inputs[i].values;
    }
  }

  std::vector<te::Array> run() {
    run(program_.body);
    std::vector<te::Array> outputs;
    for (const te::Tensor& output : program_.dag->outputs())
      outputs.push_back({output.type(), output.shape(), memory_[argument(output)]});
    return outputs;
  }

 private:
  std::size_t argument(const te::Tensor& tensor) const {
    const auto& arguments = program_.dag->arguments();
    for (std::size_t b = 0; b < program_.buffers.size(); ++b) {
      const int position = program_.buffers[b].argument;
      if (position >= 0 && arguments[static_cast<std::size_t>(position)].op() == tensor.op()) return b;
    }
    TW_CHECK(false, "{} has no buffer", tensor->name);
  }

  /// None if the kernel takes the argument as it is.
  const BlockedLayout* layout_of(const te::Tensor& tensor) const {
    const int position = program_.buffers[argument(tensor)].argument;
    for (const PackedArgument& packed : program_.packed)
      if (packed.argument == position) return &packed.layout;
    return nullptr;
  }

  void run(const Block& block) {
    for (const Stmt& stmt : block) match_variant(stmt.kind, [&](const auto& s) { run_one(s); });
  }
  void run_one(const For& loop) {
    for (std::int64_t i = loop.begin; i < loop.end; ++i) {
      atoms_[static_cast<std::size_t>(loop.var)] = i;
      run(loop.body);
    }
  }
  void run_one(const If& branch) {
    const bool all = std::all_of(branch.conditions.begin(), branch.conditions.end(),
                                 [&](const Index& condition) { return evaluate(condition) >= 0; });
    run(all ? branch.then : branch.otherwise);
  }
  void run_one(const Allocate& allocate) {
    std::vector<double>& memory = memory_[static_cast<std::size_t>(allocate.buffer)];
    std::fill(memory.begin(), memory.end(), std::numeric_limits<double>::quiet_NaN());
  }
  void run_one(const Store& store) {
    const DType type = program_.buffer(store.buffer).type;
    const double value = is_float(type) ? te::round_float(type, real(store.value))
                                        : static_cast<double>(te::wrap_integer(type, whole(store.value)));
    element(store.buffer, store.indices) = value;
  }

  std::int64_t evaluate(const Index& index) {
    return program_.indices.evaluate(index, [&](int atom) {
      const Atom& a = program_.indices.atom(atom);
      return a.kind == Atom::Kind::value ? whole(a.value) : atoms_[static_cast<std::size_t>(atom)];
    });
  }

  double& element(BufferId id, const std::vector<Index>& indices) {
    const Buffer& buffer = program_.buffer(id);
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < indices.size(); ++d) {
      const std::int64_t i = evaluate(indices[d]);
      TW_CHECK(i >= 0 && i < buffer.shape[d], "index {} of dimension {} of {} is out of bounds: {}", i, d, buffer.name,
               buffer.shape[d]);
      offset = offset * buffer.shape[d] + i;
    }
    return memory_[static_cast<std::size_t>(id)][static_cast<std::size_t>(offset)];
  }

  bool floats(ValueId id) const { return is_float(program_.value(id).type); }

  /// The value of a float node.
  double real(ValueId id) {
    return match_variant(
        program_.value(id).kind,
        [](const ConstantValue& n) { return match_variant(n.value, [](auto v) { return static_cast<double>(v); }); },
        [&](const IndexValue& n) { return static_cast<double>(evaluate(n.index)); },
        [&](const NonNegative& n) { return evaluate(n.index) >= 0 ? 1.0 : 0.0; },
        [&](const LoadValue& n) { return element(n.buffer, n.indices); },
        [&](const UnaryValue& n) { return te::apply(n.op, real(n.a)); },
        [&](const BinaryValue& n) { return te::apply(n.op, real(n.a), real(n.b)); },
        [&](const SelectValue& n) { return real(whole(n.condition) ? n.on_true : n.on_false); },
        [&](const CastValue& n) {
          const double value = floats(n.a) ? real(n.a) : static_cast<double>(whole(n.a));
          return te::round_float(program_.value(id).type, value);
        });
  }

  /// The value of an integer or bool node.
  std::int64_t whole(ValueId id) {
    const std::int64_t value = match_variant(
        program_.value(id).kind,
        [](const ConstantValue& n) {
          return match_variant(n.value, [](auto v) { return static_cast<std::int64_t>(v); });
        },
        [&](const IndexValue& n) { return evaluate(n.index); },
        [&](const NonNegative& n) -> std::int64_t { return evaluate(n.index) >= 0; },
        [&](const LoadValue& n) { return static_cast<std::int64_t>(element(n.buffer, n.indices)); },
        [&](const UnaryValue& n) {
          const std::int64_t a = whole(n.a);
          return n.op == UnaryOp::neg ? -a : n.op == UnaryOp::abs ? std::abs(a) : std::int64_t{a == 0};
        },
        [&](const BinaryValue& n) { return whole_binary(n); },
        [&](const SelectValue& n) { return whole(whole(n.condition) ? n.on_true : n.on_false); },
        [&](const CastValue& n) -> std::int64_t {
          if (!floats(n.a)) return whole(n.a);
          const double a = real(n.a);
          return program_.value(id).type == DType::boolean ? a != 0 : te::truncate_to_integer(a);
        });
    return te::wrap_integer(program_.value(id).type, value);
  }

  std::int64_t whole_binary(const BinaryValue& n) {
    if (n.op == BinaryOp::logical_and) return whole(n.a) && whole(n.b);
    if (n.op == BinaryOp::logical_or) return whole(n.a) || whole(n.b);
    if (floats(n.a)) return te::compare(n.op, real(n.a), real(n.b));
    const std::int64_t a = whole(n.a), b = whole(n.b);
    switch (n.op) {
      case BinaryOp::add:
        return a + b;
      case BinaryOp::sub:
        return a - b;
      case BinaryOp::mul:
        return a * b;
      case BinaryOp::div:
        return b == 0 ? 0 : a / b;
      case BinaryOp::floor_div:
        return b == 0 ? 0 : (b > 0 ? floor_div(a, b) : floor_div(-a, -b));
      case BinaryOp::floor_mod:
        return b == 0 ? 0 : (b > 0 ? floor_mod(a, b) : -floor_mod(-a, -b));
      case BinaryOp::min:
        return std::min(a, b);
      case BinaryOp::max:
        return std::max(a, b);
      case BinaryOp::pow:
        return static_cast<std::int64_t>(std::pow(static_cast<double>(a), static_cast<double>(b)));
      default:
        return te::compare(n.op, a, b);
    }
  }

  const Program& program_;
  std::vector<std::int64_t> atoms_;
  std::vector<std::vector<double>> memory_;
};

}  // namespace

std::vector<te::Array> interpret(const Program& program, std::span<const te::Array> inputs) {
  return Interpreter(program, inputs).run();
}

}  // namespace tilewright::loop
