#include "loop/interpreter.h"

#include <algorithm>
#include <limits>

#include "base/rounding.h"
#include "te/comparison.h"
#include "te/evaluator.h"
#include "te/fold.h"

namespace tilewright::loop {
namespace {

using te::BinaryOp;

class Interpreter {
 public:
  Interpreter(const Program& program, std::span<const te::Array> inputs) : program_(program) {
    atoms_.assign(static_cast<std::size_t>(program.indices.size()), 0);
    for (const Buffer& buffer : program.buffers) {
      const auto elements = static_cast<std::size_t>(buffer.elements());
      te::Array& memory = memory_.emplace_back(buffer.type, buffer.shape);
      if (is_float(buffer.type))
        memory.values.resize(elements);
      else
        memory.integers.resize(elements);
      poison(memory);
    }
    const auto arguments = program.dag->inputs();
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      te::Array& memory = memory_[argument(arguments[i])];
      take(inputs[i].values, layout_of(arguments[i]), memory.values);
      take(inputs[i].integers, layout_of(arguments[i]), memory.integers);
    }
  }

  std::vector<te::Array> run() {
    run(program_.body);
    std::vector<te::Array> outputs;
    for (const te::Tensor& output : program_.dag->outputs()) outputs.push_back(memory_[argument(output)]);
    return outputs;
  }

 private:
  /// What nobody has written must not look right.
  static void poison(te::Array& memory) {
    constexpr std::int64_t kNeverWritten = 0x5a5a5a5a5a5a5a5a;
    std::fill(memory.values.begin(), memory.values.end(), std::numeric_limits<double>::quiet_NaN());
    std::fill(memory.integers.begin(), memory.integers.end(), kNeverWritten);
  }

  template <class T>
  static void take(const std::vector<T>& input, const BlockedLayout* layout, std::vector<T>& memory) {
    if (layout && !input.empty())
      to_blocks(*layout, sizeof(T), input.data(), memory.data());
    else
      memory = input;
  }

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
                                 [&](const AffineExpr& condition) { return evaluate(condition) >= 0; });
    run(all ? branch.then : branch.otherwise);
  }
  void run_one(const Allocate& allocate) { poison(memory(allocate.buffer)); }
  void run_one(const Store& store) {
    const DType type = program_.buffer(store.buffer).type;
    if (is_float(type)) {
      const double value = round_float(type, real(store.value));
      memory(store.buffer).values[offset(store.buffer, store.indices)] = value;
    } else {
      const std::int64_t value = wrap_integer(type, whole(store.value));
      memory(store.buffer).integers[offset(store.buffer, store.indices)] = value;
    }
  }

  std::int64_t evaluate(const AffineExpr& index) {
    return program_.indices.evaluate(index, [&](int atom) {
      const AffineAtom& a = program_.indices.atom(atom);
      return a.kind == AffineAtom::Kind::value ? whole(a.value) : atoms_[static_cast<std::size_t>(atom)];
    });
  }

  te::Array& memory(BufferId id) { return memory_[static_cast<std::size_t>(id)]; }

  std::size_t offset(BufferId id, const std::vector<AffineExpr>& indices) {
    const Buffer& buffer = program_.buffer(id);
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < indices.size(); ++d) {
      const std::int64_t i = evaluate(indices[d]);
      TW_CHECK(i >= 0 && i < buffer.shape[d], "index {} of dimension {} of {} is out of bounds: {}", i, d, buffer.name,
               buffer.shape[d]);
      offset = offset * buffer.shape[d] + i;
    }
    return static_cast<std::size_t>(offset);
  }

  bool floats(ValueId id) const { return is_float(program_.value(id).type); }

  Number number(ValueId id) { return floats(id) ? Number(real(id)) : Number(whole(id)); }

  /// The value of a float node.
  double real(ValueId id) {
    const DType type = program_.value(id).type;
    return match_variant(
        program_.value(id).kind, [](const ConstantValue& n) { return to_double(n.value); },
        [&](const IndexValue& n) { return to_float(type, evaluate(n.index)); },
        [&](const NonNegative& n) { return evaluate(n.index) >= 0 ? 1.0 : 0.0; },
        [&](const LoadValue& n) { return memory(n.buffer).values[offset(n.buffer, n.indices)]; },
        [&](const UnaryValue& n) { return te::apply(n.op, real(n.a)); },
        [&](const BinaryValue& n) { return te::apply(n.op, real(n.a), real(n.b)); },
        [&](const SelectValue& n) { return real(whole(n.condition) ? n.on_true : n.on_false); },
        [&](const CastValue& n) { return to_float(type, number(n.a)); });
  }

  /// The value of an integer or bool node.
  std::int64_t whole(ValueId id) {
    const DType type = program_.value(id).type;
    return match_variant(
        program_.value(id).kind, [&](const ConstantValue& n) { return to_integer(type, n.value); },
        [&](const IndexValue& n) { return wrap_integer(type, evaluate(n.index)); },
        [&](const NonNegative& n) -> std::int64_t { return evaluate(n.index) >= 0; },
        [&](const LoadValue& n) { return memory(n.buffer).integers[offset(n.buffer, n.indices)]; },
        [&](const UnaryValue& n) { return te::wrapping_arithmetic(n.op, type, whole(n.a)); },
        [&](const BinaryValue& n) { return whole_binary(n, type); },
        [&](const SelectValue& n) { return whole(whole(n.condition) ? n.on_true : n.on_false); },
        [&](const CastValue& n) { return to_integer(type, number(n.a)); });
  }

  std::int64_t whole_binary(const BinaryValue& n, DType type) {
    if (n.op == BinaryOp::logical_and) return whole(n.a) && whole(n.b);
    if (n.op == BinaryOp::logical_or) return whole(n.a) || whole(n.b);
    if (floats(n.a)) return te::compare(n.op, real(n.a), real(n.b));
    return te::wrapping_arithmetic(n.op, type, whole(n.a), whole(n.b));
  }

  const Program& program_;
  std::vector<std::int64_t> atoms_;
  std::vector<te::Array> memory_;  ///< by buffer
};

}  // namespace

std::vector<te::Array> interpret(const Program& program, std::span<const te::Array> inputs) {
  return Interpreter(program, inputs).run();
}

}  // namespace tilewright::loop
