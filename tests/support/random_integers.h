#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/rounding.h"
#include "te/interpreter.h"

namespace tilewright::support {

/// A random expression of integers where they go wrong: divisors of 0 and -1, the least and the largest of every type,
/// numbers that a double does not hold, floats beyond all integers.
class RandomIntegers {
 public:
  explicit RandomIntegers(Rng& rng) : type_(pick_type(rng)), rows_(rng.between(1, 5)), columns_(rng.between(1, 40)) {
    x_ = te::placeholder({rows_, columns_}, "x", pick_type(rng));
    y_ = te::placeholder({rows_, columns_}, "y", pick_type(rng));
    z_ = te::placeholder({rows_, columns_}, "z", rng.chance(0.5) ? DType::f32 : DType::f64);
    depth_ = static_cast<int>(rng.between(1, 4));
    body_ = rng.fork();
    for (const te::Tensor& tensor : {x_, y_, z_}) inputs_.push_back(random_array(tensor, rng));
    reduces_ = rng.chance(0.25);
    to_float_ = rng.chance(0.2);
    combiner_ = static_cast<te::Combiner>(rng.below(4));
  }

  /// One value for each element, or one for each row, combined; the arguments are those of x, y and z that are read.
  te::DagRef dag() const {
    te::Tensor out;
    if (reduces_) {
      const te::AxisRef k = te::reduce_axis(columns_, "k");
      out = te::compute({rows_}, "out",
                        [&](std::span<const te::Expr> i) { return te::reduce(combiner_, at(i[0], te::Expr(k)), {k}); });
    } else {
      out = te::compute({rows_, columns_}, "out", [&](std::span<const te::Expr> i) { return at(i[0], i[1]); });
    }
    std::vector<te::Tensor> arguments;
    for (const te::Tensor& tensor : {x_, y_, z_})
      if (reads(out, tensor)) arguments.push_back(tensor);
    arguments.push_back(out);
    return te::Dag::make(arguments);
  }

  /// Values for the inputs of `dag`.
  std::vector<te::Array> inputs(const te::Dag& dag) const {
    std::vector<te::Array> arrays;
    const te::Tensor tensors[] = {x_, y_, z_};
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (dag.index_of(tensors[i].op().get()) >= 0) arrays.push_back(inputs_[i]);
    return arrays;
  }

  /// The same values with constants in place of the inputs, folded as far as they are.
  te::Array folded() const {
    te::Array all;
    for (std::int64_t i = 0; i < rows_; ++i) {
      te::Expr row;
      for (std::int64_t j = 0; j < columns_; ++j) {
        const auto n = static_cast<std::size_t>(i * columns_ + j);
        const auto known = [&](std::size_t input) { return te::constant(inputs_[input].type, inputs_[input].at(n)); };
        const te::Expr value = result({known(0), known(1), known(2), te::integer(i), te::integer(j)});
        if (!reduces_) append(all, value);
        row = row ? te::combine(combiner_, row, value) : value;
      }
      if (reduces_) append(all, row);
    }
    return all;
  }

 private:
  struct Leaves {
    te::Expr x, y, z, i, j;
  };

  static DType pick_type(Rng& rng) {
    constexpr DType kTypes[] = {DType::i8, DType::u8, DType::i32, DType::i32, DType::i64, DType::i64};
    return kTypes[rng.below(std::ssize(kTypes))];
  }

  static std::int64_t random_integer(DType type, Rng& rng) {
    const std::int64_t high = highest_integer(type), beyond_doubles = (std::int64_t{1} << 53) + 1;
    const std::int64_t choices[] = {0,
                                    0,
                                    1,
                                    2,
                                    3,
                                    7,
                                    -1,
                                    -1,
                                    -2,
                                    -7,
                                    lowest_integer(type),
                                    lowest_integer(type) + 1,
                                    high,
                                    high - 1,
                                    high / 2 + 1,
                                    beyond_doubles,
                                    -beyond_doubles,
                                    static_cast<std::int64_t>(rng())};
    return wrap_integer(type, choices[rng.below(std::ssize(choices))]);
  }

  static Number random_number(DType type, Rng& rng) {
    if (!is_float(type)) return random_integer(type, rng);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const double choices[] = {0,         -0.5,       0.5,          2.5,        -2.5,       127.5, 128,
                              255.9,     -128.9,     -1,           300,        1e10,       -1e10, 0x1p31,
                              3e9,       -0x1p31,    0x1p63,       -0x1p63,    1e300,      1e-40, 0x1p53,
                              kInfinity, -kInfinity, std::nan(""), 0x1p31 - 1, -0x1p31 - 1};
    return to_float(type, choices[rng.below(std::ssize(choices))]);
  }

  static te::Array random_array(const te::Tensor& tensor, Rng& rng) {
    te::Array array(tensor.type(), tensor.shape());
    for (std::int64_t i = 0; i < array.elements(); ++i) array.append(random_number(array.type, rng));
    return array;
  }

  te::Expr at(const te::Expr& i, const te::Expr& j) const { return result({x_(i, j), y_(i, j), z_(i, j), i, j}); }

  static bool reads(const te::Tensor& out, const te::Tensor& input) {
    const std::vector<const te::Load*> loads = te::loads_of(out->body);
    return std::any_of(loads.begin(), loads.end(), [&](const te::Load* load) { return load->tensor == input.op(); });
  }

  te::Expr result(const Leaves& leaves) const {
    Rng rng = body_;  // the same decisions whatever the leaves
    const te::Expr value = expression(type_, depth_, leaves, rng);
    return to_float_ && !reduces_ ? te::cast(DType::f32, value) : value;
  }

  static te::Expr leaf(DType type, const Leaves& leaves, Rng& rng) {
    const te::Expr choices[] = {leaves.x, leaves.x, leaves.y, leaves.y,
                                leaves.z, leaves.i, leaves.j, te::integer(random_integer(type, rng), type)};
    return te::cast(type, choices[rng.below(std::ssize(choices))]);
  }

  static te::Expr expression(DType type, int depth, const Leaves& leaves, Rng& rng) {
    using te::BinaryOp;
    constexpr BinaryOp kOperations[] = {
        BinaryOp::add,       BinaryOp::sub,     BinaryOp::mul,       BinaryOp::min,       BinaryOp::max,
        BinaryOp::div,       BinaryOp::div,     BinaryOp::floor_div, BinaryOp::floor_div, BinaryOp::floor_mod,
        BinaryOp::floor_mod, BinaryOp::bit_and, BinaryOp::bit_or,    BinaryOp::bit_xor};
    constexpr BinaryOp kComparisons[] = {BinaryOp::eq, BinaryOp::ne, BinaryOp::lt,
                                         BinaryOp::le, BinaryOp::gt, BinaryOp::ge};
    if (depth == 0) return leaf(type, leaves, rng);
    const auto part = [&](DType of) { return expression(of, depth - 1, leaves, rng); };
    switch (rng.below(8)) {
      case 0: {
        const te::UnaryOp op = rng.chance(0.5) ? te::UnaryOp::neg : te::UnaryOp::abs;
        return te::unary(op, part(type));
      }
      case 1:
        return te::cast(type, part(pick_type(rng)));
      case 2: {
        const DType compared = pick_type(rng);
        const BinaryOp op = kComparisons[rng.below(std::ssize(kComparisons))];
        const te::Expr a = part(compared), b = part(compared), on_true = part(type), on_false = part(type);
        return te::select(te::binary(op, a, b), on_true, on_false);
      }
      default: {
        const BinaryOp op = kOperations[rng.below(std::ssize(kOperations))];
        const te::Expr a = part(type), b = part(type);
        return te::binary(op, a, b);
      }
    }
  }

  static void append(te::Array& array, const te::Expr& value) {
    const te::DagRef dag = te::Dag::make({te::compute({}, "out", [&](std::span<const te::Expr>) { return value; })});
    const te::Array result = te::interpret(*dag, {})[0];
    array.type = result.type;
    array.append(result.at(0));
  }

  DType type_;
  std::int64_t rows_, columns_;
  te::Tensor x_, y_, z_;
  int depth_ = 0;
  Rng body_{0};
  std::vector<te::Array> inputs_;
  bool reduces_ = false, to_float_ = false;
  te::Combiner combiner_ = te::Combiner::sum;
};

}  // namespace tilewright::support
