// Recurrent layers: what they cost, and what is refused. What they compute is compared with ONNX's own tests
// (onnx_conformance_test.cc) and, with every attribute, in the differential run.

#include <gtest/gtest.h>

#include "base/error.h"
#include "graph/partition.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Attributes = std::vector<OnnxModel::Attribute>;

struct Layer {
  std::string op = "LSTM";
  std::int64_t steps = 5, batch = 1, width = 8, hidden = 16, directions = 1;
  Attributes attributes = {};
  std::vector<std::int64_t> lengths = {};
  std::int64_t gates() const { return op == "LSTM" ? 4 : op == "GRU" ? 3 : 1; }

  OnnxModel model() const {
    OnnxModel model(14);
    const auto small = [](const Shape& shape, std::uint64_t seed) {
      te::Array array = random_array(shape, seed);
      for (double& value : array.values) value = static_cast<float>(value / 4);
      return array;
    };
    model.input("x", {steps, batch, width});
    model.weight("W", small({directions, gates() * hidden, width}, 1));
    model.weight("R", small({directions, gates() * hidden, hidden}, 2));
    model.weight("B", small({directions, 2 * gates() * hidden}, 3));
    std::vector<std::string> inputs = {"x", "W", "R", "B"};
    if (!lengths.empty()) {
      model.weight("lengths", array({batch}, {lengths.begin(), lengths.end()}, DType::i32));
      inputs.push_back("lengths");
    }
    Attributes all = attributes;
    all.push_back({"hidden_size", hidden});
    return model.node(op, inputs, {"Y", "Y_h"}, all).output("Y").output("Y_h");
  }
  Partition cut() const { return partition(optimize(model().import().graph)); }
  std::string refusal() const {
    try {
      model().import();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

TEST(Recurrent, HasTheSameTasksHoweverManyStepsItTakes) {
  for (const char* op : {"RNN", "GRU", "LSTM"})
    for (const std::int64_t directions : {1, 2}) {
      Layer few{.op = op, .steps = 6, .directions = directions}, many{.op = op, .steps = 200, .directions = directions};
      if (directions == 2) few.attributes = many.attributes = {{"direction", std::string("bidirectional")}};
      const Partition a = few.cut(), b = many.cut();
      EXPECT_EQ(a.tasks.size(), b.tasks.size()) << op << " " << directions;
      EXPECT_LE(static_cast<std::int64_t>(b.calls.size()), directions * (4 * 200 + 4)) << op;
    }
}

TEST(Recurrent, FillsHiddenUnitsUpWithWhatNobodySees) {
  Layer odd{.hidden = 5}, even{.hidden = 16};
  EXPECT_EQ(odd.cut().tasks.front().dag->outputs()[0].shape(), even.cut().tasks.front().dag->outputs()[0].shape());
  const auto outputs = run_reference(odd.cut(), {{"x", random_array({5, 1, 8}, 7)}});
  EXPECT_EQ(outputs.at("Y").shape, (Shape{5, 1, 1, 5}));
  EXPECT_EQ(outputs.at("Y_h").shape, (Shape{1, 1, 5}));
}

TEST(Recurrent, WritesNothingPastTheEndOfASequence) {
  const Layer layer{.op = "GRU", .steps = 4, .batch = 2, .lengths = {4, 2}};
  const auto outputs = run_reference(layer.cut(), {{"x", random_array({4, 2, 8}, 7)}});
  const te::Array &y = outputs.at("Y"), &last = outputs.at("Y_h");
  for (std::size_t unit = 0; unit < 16; ++unit) {
    const auto at = [&](std::size_t step, std::size_t sequence) { return y.values[(step * 2 + sequence) * 16 + unit]; };
    EXPECT_EQ(last.values[unit], at(3, 0));
    EXPECT_EQ(last.values[16 + unit], at(1, 1));
    EXPECT_EQ(at(2, 1), 0);
    EXPECT_EQ(at(3, 1), 0);
  }
}

TEST(Recurrent, RefusesWhatDoesNotFit) {
  const auto with = [](Attributes attributes) { return Layer{.attributes = std::move(attributes)}.refusal(); };
  const auto expect = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  expect(with({{"direction", std::string("sideways")}}), "direction is 'sideways', expected 'forward', 'reverse' or");
  expect(with({{"direction", std::string("bidirectional")}}), "input 1 (W) has shape 1x64x8, expected 2x64x8");
  expect(with({{"layout", std::int64_t{2}}}), "layout is 2, expected 0 or 1");
  expect((Layer{.batch = 2, .lengths = {5, 6}}.refusal()), "a sequence_lens of 6, expected 0 to 5 steps");
  expect((Layer{.batch = 2, .lengths = {5, -1}}.refusal()), "a sequence_lens of -1, expected 0 to 5 steps");
  expect((Layer{.steps = 20000, .width = 1, .hidden = 1}.refusal()),
         "it has 20000 steps in 1 direction(s), at most 16384");
  expect((Layer{.steps = 0}.refusal()), "its data has no elements (shape 0x1x8)");
}

}  // namespace
}  // namespace tilewright::graph
