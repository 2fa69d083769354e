// Operators that read from and write to positions which are data, with positions known at compile time and not.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/integer.h"
#include "base/rng.h"
#include "base/shape_text.h"
#include "graph/passes.h"
#include "node_runs.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;
using Attributes = std::vector<OnnxModel::Attribute>;
using Reals = std::vector<Real>;

runtime::Tensor whole_tensor(const Shape& shape, const Integers& values) {
  return real_tensor(DType::i64, shape, Reals(values.begin(), values.end()));
}

/// Small whole numbers: sums and products of a few are exact.
Reals small_numbers(Rng& rng, std::int64_t count) {
  Reals values;
  for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<Real>(rng.between(-3, 3)));
  return values;
}

Integers index_of(std::int64_t flat, const Shape& shape) {
  Integers index(shape.size());
  for (std::size_t d = shape.size(); d-- > 0; flat /= shape[d]) index[d] = flat % shape[d];
  return index;
}
std::size_t flat_of(const Integers& index, const Shape& shape) {
  std::int64_t flat = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) flat = flat * shape[d] + index[d];
  return static_cast<std::size_t>(flat);
}

void combine(const std::string& reduction, Real& element, Real update) {
  if (reduction == "none") element = update;
  if (reduction == "add") element += update;
  if (reduction == "mul") element *= update;
  if (reduction == "max") element = std::max(element, update);
  if (reduction == "min") element = std::min(element, update);
}

void expect_run(const OneNode& node, const std::vector<runtime::Tensor>& inputs, const Shape& shape,
                const Reals& expected, std::size_t computed = 1) {
  const std::vector<runtime::Tensor> given(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(computed));
  for (const NodeRun& run : NodeRuns(node, inputs, computed).run(given)) {
    EXPECT_EQ(run.output.shape(), shape) << node.op << " " << run.how << ", " << computed << " computed";
    EXPECT_EQ(exact_elements(run.output), expected) << node.op << " " << run.how << ", " << computed << " computed";
  }
}

/// With all inputs computed at run time, and with all but the first known.
void expect_output(const OneNode& node, const std::vector<runtime::Tensor>& inputs, const Shape& shape,
                   const Reals& expected) {
  for (const std::size_t computed : {inputs.size(), std::size_t{1}})
    expect_run(node, inputs, shape, expected, computed);
}

TEST(Indexing, ScatterElementsPutsEachUpdateInItsPlace) {
  Rng rng(11);
  for (const std::string reduction : {"none", "add", "mul", "max", "min"})
    for (const auto& [data, block, axis] : {std::tuple<Shape, Shape, int>{{5}, {3}, 0},
                                            {{3, 4}, {7, 2}, 0},
                                            {{2, 3, 4}, {1, 3, 9}, -1},
                                            {{4, 3}, {2, 2}, 1}}) {
      const std::size_t along = static_cast<std::size_t>(axis < 0 ? std::ssize(data) + axis : axis);
      Reals x = small_numbers(rng, product(data));
      const Reals updates = small_numbers(rng, product(block));
      Integers indices;
      Reals expected = x;
      for (std::int64_t i = 0; i < product(block); ++i) {
        indices.push_back(rng.between(-data[along], data[along] - 1));
        Integers at = index_of(i, block);
        at[along] = floor_mod(indices.back(), data[along]);
        combine(reduction, expected[flat_of(at, data)], updates[static_cast<std::size_t>(i)]);
      }
      SCOPED_TRACE(fmt::format("{} into {} of {} along {}", reduction, shape_text(data), shape_text(block), axis));
      const OneNode node{"ScatterElements", 18, {{"axis", std::int64_t{axis}}, {"reduction", reduction}}};
      expect_output(
          node,
          {real_tensor(DType::f32, data, x), whole_tensor(block, indices), real_tensor(DType::f32, block, updates)},
          data, expected);
    }
}

TEST(Indexing, ScatterElementsOfManyUpdatesAtOneKnownPlace) {
  const Integers indices(20, 1);
  const OneNode node{"ScatterElements", 18, {{"reduction", std::string("add")}}};
  expect_output(
      node,
      {real_tensor(DType::i32, {2}, {3, 4}), whole_tensor({20}, indices), real_tensor(DType::i32, {20}, Reals(20, 2))},
      {2}, {3, 44});
}

TEST(Indexing, ScatterNdPutsSlicesInTheirPlace) {
  Rng rng(12);
  for (const std::string reduction : {"none", "add", "mul", "max", "min"})
    for (const auto& [data, outer, depth] : {std::tuple<Shape, Shape, int>{{5}, {3}, 1},
                                             {{4, 3}, {2, 2}, 1},
                                             {{3, 2, 4}, {5}, 2},
                                             {{3, 2, 2}, {2, 3}, 3}}) {
      const Shape slice(data.begin() + depth, data.end()), places(data.begin(), data.begin() + depth);
      Shape table = outer, updated = outer;
      table.push_back(depth);
      updated.insert(updated.end(), slice.begin(), slice.end());
      const Reals x = small_numbers(rng, product(data)), updates = small_numbers(rng, product(updated));
      Integers indices;
      Reals expected = x;
      for (std::int64_t row = 0; row < product(outer); ++row) {
        Integers at;
        for (const std::int64_t extent : places) {
          indices.push_back(rng.between(-extent, extent - 1));
          at.push_back(floor_mod(indices.back(), extent));
        }
        for (std::int64_t i = 0; i < product(slice); ++i)
          combine(
              reduction,
              expected[flat_of(at, places) * static_cast<std::size_t>(product(slice)) + static_cast<std::size_t>(i)],
              updates[static_cast<std::size_t>(row * product(slice) + i)]);
      }
      SCOPED_TRACE(fmt::format("{} into {} at {}", reduction, shape_text(data), shape_text(table)));
      expect_output(
          {"ScatterND", 18, {{"reduction", reduction}}},
          {real_tensor(DType::f32, data, x), whole_tensor(table, indices), real_tensor(DType::f32, updated, updates)},
          data, expected);
    }
}

TEST(Indexing, IndicesThatComeAtRunTimeNeverReachOutside) {
  const te::Array x = array({2, 2}, {1, 2, 3, 4}), far = array({2, 1}, {5, -7}, DType::i64);
  const auto output_of = [&](const std::string& op, const Arrays& inputs) {
    OnnxModel model(16);
    std::vector<std::string> names;
    for (const auto& [name, value] : inputs) {
      names.push_back(name);
      model.input(name, value.shape, onnx_type(value.type));
    }
    model.node(op, names, {"y"}).output("y");
    return run_reference(partition(optimize(model.import().graph)), inputs).at("y").values;
  };
  const auto updates = [](const Shape& shape) {
    return array(shape, std::vector<double>(static_cast<std::size_t>(product(shape)), 9));
  };
  using Values = std::vector<double>;
  EXPECT_EQ(output_of("GatherND", {{"a", x}, {"b", far}}), (Values{3, 4, 1, 2}));  // clamped
  EXPECT_EQ(output_of("GatherElements", {{"a", x}, {"b", far}}), (Values{3, 1}));
  EXPECT_EQ(output_of("ScatterND", {{"a", x}, {"b", far}, {"c", updates({2, 2})}}), (Values{1, 2, 3, 4}));  // left out
  EXPECT_EQ(output_of("ScatterElements", {{"a", x}, {"b", far}, {"c", updates({2, 1})}}), (Values{1, 2, 3, 4}));
}

TEST(Indexing, NothingToPutOrToTake) {
  const te::Array x = array({2, 2}, {1, 2, 3, 4});
  const auto output_of = [&](const std::string& op, const Shape& indices, const Shape& updates) {
    for (const bool known : {false, true}) {
      OnnxModel model(16);
      const te::Array none(DType::i64, indices);
      Arrays inputs{{"x", x}};
      model.input("x", x.shape);
      if (known) {
        model.weight("i", none);
      } else {
        model.input("i", indices, onnx::TensorProto::INT64);
        inputs["i"] = none;
      }
      std::vector<std::string> names{"x", "i"};
      if (!updates.empty()) {
        model.weight("u", te::Array(DType::f32, updates));
        names.push_back("u");
      }
      model.node(op, names, {"y"}).output("y");
      const te::Array y = run_reference(partition(optimize(model.import().graph)), inputs).at("y");
      EXPECT_EQ(y.values, updates.empty() ? std::vector<double>() : x.values) << op;
      EXPECT_EQ(y.shape, updates.empty() ? Shape({0, 2}) : x.shape) << op;
    }
  };
  output_of("ScatterElements", {0, 2}, {0, 2});
  output_of("ScatterND", {0, 1}, {0, 2});
  output_of("GatherElements", {0, 2}, {});
  output_of("GatherND", {0, 1}, {});
}

TEST(Indexing, CompressAndNonZeroOfKnownConditions) {
  const runtime::Tensor x = real_tensor(DType::f32, {2, 3}, {1, 2, 3, 4, 5, 6});
  expect_run({"Compress", 11, {{"axis", std::int64_t{-1}}}}, {x, real_tensor(DType::boolean, {2}, {0, 1})}, {2, 1},
             {2, 5});
  expect_run({"Compress", 11}, {x, real_tensor(DType::boolean, {5}, {1, 0, 0, 0, 1})}, {2}, {1, 5});
  expect_run({"Compress", 11}, {x, real_tensor(DType::boolean, {2}, {0, 0})}, {0}, {});
  expect_run({"NonZero", 13}, {real_tensor(DType::i64, {2, 2}, {0, 7, -1, 0})}, {2, 2}, {0, 1, 1, 0}, 0);
  expect_run({"NonZero", 13}, {real_tensor(DType::f32, {3}, {0, 0, 0})}, {1, 0}, {}, 0);
}

TEST(Indexing, BatchNormalizationWithParametersThatComeAtRunTime) {
  const auto of = [](const Shape& shape, const Reals& values) { return real_tensor(DType::f32, shape, values); };
  const runtime::Tensor x = of({1, 2, 2}, {1, 3, 5, 9});
  const std::vector<runtime::Tensor> inputs{x, of({2}, {2, 1}), of({2}, {0, 10}), of({2}, {1, 5}), of({2}, {4, 16})};
  expect_run({"BatchNormalization", 15, {{"epsilon", 0.0}}}, inputs, {1, 2, 2}, {0, 2, 10, 11}, 5);
}

TEST(Indexing, GatherNdWithBatches) {
  const runtime::Tensor x = real_tensor(DType::i32, {2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  expect_output({"GatherND", 13, {{"batch_dims", std::int64_t{1}}}}, {x, whole_tensor({2, 1}, {2, -3})}, {2, 2},
                {4, 5, 6, 7});
  expect_output({"GatherND", 13, {{"batch_dims", std::int64_t{2}}}}, {x, whole_tensor({2, 3, 1}, {0, 1, -1, 0, 1, -2})},
                {2, 3}, {0, 3, 5, 6, 9, 10});
  expect_output({"GatherND", 13}, {x, whole_tensor({1, 2, 2}, {0, -1, 1, 0})}, {1, 2, 2}, {4, 5, 6, 7});
}

TEST(Indexing, TopKOfEitherFormAndOrder) {
  const runtime::Tensor x = real_tensor(DType::f32, {2, 4}, {1, 4, 4, 2, -1, 7, 0, 7}), two = whole_tensor({1}, {2});
  expect_run({"TopK", 11}, {x, two}, {2, 2}, {4, 4, 7, 7});
  expect_run({"TopK", 11, {{"largest", std::int64_t{0}}, {"sorted", std::int64_t{0}}}}, {x, two}, {2, 2},
             {1, 2, -1, 0});
  expect_run({"TopK", 11, {{"axis", std::int64_t{0}}}}, {x, two}, {2, 4}, {1, 7, 4, 7, -1, 4, 0, 2});
  expect_run({"TopK", 9, {{"k", std::int64_t{1}}}}, {x}, {2, 1}, {4, 7});
}

TEST(Indexing, ReverseSequenceReversesTheBeginningOfEachBatch) {
  const runtime::Tensor x = real_tensor(DType::f32, {2, 3, 1}, {0, 1, 2, 3, 4, 5});
  const Attributes batches_first{{"batch_axis", std::int64_t{0}}, {"time_axis", std::int64_t{1}}};
  expect_output({"ReverseSequence", 10, batches_first}, {x, whole_tensor({2}, {3, 2})}, {2, 3, 1}, {2, 1, 0, 4, 3, 5});
  expect_output({"ReverseSequence", 10}, {x, whole_tensor({3}, {2, 1, 2})}, {2, 3, 1}, {3, 1, 5, 0, 4, 2});
}

TEST(Indexing, EinsumOfEveryKindOfDimension) {
  const runtime::Tensor a = real_tensor(DType::f32, {2, 3}, {1, 2, 3, 4, 5, 6}),
                        b = real_tensor(DType::f32, {3, 2}, {1, 0, 2, 1, 0, 3}),
                        square = real_tensor(DType::f32, {2, 2}, {1, 2, 3, 4}),
                        v = real_tensor(DType::f32, {2}, {2, 3}), row = real_tensor(DType::f32, {1, 3}, {1, 2, 3});
  const auto expect = [](const std::string& equation, const std::vector<runtime::Tensor>& inputs, const Shape& shape,
                         const Reals& values) {
    SCOPED_TRACE(equation);
    expect_output({"Einsum", 12, {{"equation", equation}}}, inputs, shape, values);
  };
  expect("ij,jk->ki", {a, b}, {2, 2}, {5, 14, 11, 23});
  expect("ij,jk", {a, b}, {2, 2}, {5, 11, 14, 23});
  expect("ii", {square}, {}, {5});
  expect(" ii -> i ", {square}, {2}, {1, 4});
  expect("ij->ji", {a}, {3, 2}, {1, 4, 2, 5, 3, 6});
  expect("ba", {a}, {3, 2}, {1, 4, 2, 5, 3, 6});
  expect("i,j->ij", {v, v}, {2, 2}, {4, 6, 6, 9});
  expect("i,ij,jk->k", {v, a, b}, {2}, {52, 91});  // [14 19 24] b
  expect("...j,...j->...", {a, row}, {2}, {14, 32});
  expect("...i,i->...i", {square, v}, {2, 2}, {2, 6, 6, 12});
  expect("ij,ij->", {a, row}, {}, {46});
  expect("bi,bi->b", {a, a}, {2}, {14, 77});
}

TEST(Indexing, RefusesWhatOnnxForbids) {
  const auto refusal = [](const std::string& op, const std::vector<runtime::Tensor>& inputs,
                          const Attributes& attributes = {}) {
    try {
      NodeRuns({op, 16, attributes}, inputs, 1);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const runtime::Tensor x = real_tensor(DType::f32, {2, 2}, {1, 2, 3, 4});
  const auto expect = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  expect(refusal("GatherND", {x, whole_tensor({1, 1}, {2})}), "index 2 is outside");
  expect(refusal("GatherND", {x, whole_tensor({1, 3}, {0, 0, 0})}), "do not fit data of shape 2x2");
  expect(refusal("ScatterElements", {x, whole_tensor({1, 1}, {-3}), x}), "do not fit");
  expect(refusal("ScatterElements", {x, whole_tensor({2, 2}, {0, 0, 0, -3}), x}), "index -3 is outside");
  expect(refusal("ScatterND", {x, whole_tensor({1, 1}, {0}), x}), "its updates have shape 2x2, expected 1x2");
  expect(refusal("ScatterND", {x, whole_tensor({2, 1}, {0, 1}), x}, {{"reduction", std::string("xor")}}),
         "reduction is 'xor'");
  expect(refusal("TopK", {x, whole_tensor({1}, {3})}), "k is 3, expected 0 to 2");
  expect(refusal("Einsum", {x}, {{"equation", std::string("ij,jk")}}), "has 2 terms for 1 inputs");
  expect(refusal("Einsum", {x}, {{"equation", std::string("ij->ik")}}), "is in no input");
  expect(refusal("Einsum", {x}, {{"equation", std::string("ijk")}}), "does not fit input 0");
  expect(refusal("Einsum", {x}, {{"equation", std::string("...i...")}}), "more than one ellipsis");
  expect(refusal("Einsum", {x}, {{"equation", std::string("ij->i->j")}}), "is no term");
  expect(refusal("NonZero", {x}), "must be known at compile time");
  expect(refusal("ReverseSequence", {x, whole_tensor({2}, {1, 1})}, {{"batch_axis", std::int64_t{0}}}),
         "expected 0 and 1");
}

}  // namespace
}  // namespace tilewright::graph
