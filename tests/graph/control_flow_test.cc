// If, Loop, Scan, and functions of a model.

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "graph/partition.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;
using Texts = std::vector<std::string>;

/// Gives a model's last node a body.
void add_body(OnnxModel& model, const std::string& name, const OnnxModel& body) {
  onnx::GraphProto& graph = *model.proto().mutable_graph();
  onnx::AttributeProto* attribute = graph.mutable_node(graph.node_size() - 1)->add_attribute();
  attribute->set_name(name);
  attribute->set_type(onnx::AttributeProto::GRAPH);
  OnnxModel copy = body;
  *attribute->mutable_g() = copy.proto().graph();
}

Arrays results_of(const OnnxModel& model, const Arrays& inputs, const ImportOptions& options = {}) {
  return run_reference(partition(optimize(model.import(options).graph)), inputs);
}

std::string refusal_of(const OnnxModel& model, const ImportOptions& options = {}) {
  try {
    model.import(options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}
void expect_says(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

/// y = -x if c, else 2 x; what is inside of the branches has names that are there outside, too.
OnnxModel chosen(const std::string& condition) {
  OnnxModel then, otherwise, model;
  then.node("Neg", {"x"}, {"t"}).output("t");
  otherwise.weight("two", array({1}, {2})).node("Mul", {"x", "two"}, {"t"}).output("t");
  model.input("x", {2}).input("c", {1}, onnx::TensorProto::BOOL).node("Abs", {"x"}, {"t"});
  model.node("If", {condition}, {"y"});
  add_body(model, "then_branch", then);
  add_body(model, "else_branch", otherwise);
  return model.node("Add", {"y", "t"}, {"z"}).output("y").output("z");
}

TEST(If, TakesTheBranchOfAConditionThatIsKnown) {
  for (const double yes : {0.0, 1.0}) {
    OnnxModel model = chosen("known");
    model.weight("known", array({}, {yes}, DType::boolean));
    const Network network = model.import();
    EXPECT_EQ(network.graph.nodes().size(), 3U);  // abs, one branch, add
    const Arrays outputs = results_of(model, {{"x", array({2}, {-1, 3})}, {"c", array({1}, {1}, DType::boolean)}});
    expect_near(outputs.at("y"), yes != 0 ? array({2}, {1, -3}) : array({2}, {-2, 6}), 0);
    expect_near(outputs.at("z"), yes != 0 ? array({2}, {2, 0}) : array({2}, {-1, 9}), 0);  // t is the outer one again
  }
}

TEST(If, ChoosesByAConditionOfTheRun) {
  const OnnxModel model = chosen("c");
  for (const double yes : {0.0, 1.0}) {
    const Arrays outputs = results_of(model, {{"x", array({2}, {-1, 3})}, {"c", array({1}, {yes}, DType::boolean)}});
    expect_near(outputs.at("y"), yes != 0 ? array({2}, {1, -3}) : array({2}, {-2, 6}), 0);
  }
}

TEST(If, TakesTheBranchOfAnInputThatIsBound) {
  ImportOptions options;
  options.values["c"] = {0};
  const Network network = chosen("c").import(options);
  ASSERT_EQ(network.graph.inputs().size(), 1U);
  EXPECT_EQ(network.graph.inputs()[0].name, "x");
  expect_near(results_of(chosen("c"), {{"x", array({2}, {-1, 3})}}, options).at("y"), array({2}, {-2, 6}), 0);
}

TEST(If, RefusesBranchesOfDifferentResultsUnlessTheConditionIsKnown) {
  OnnxModel then, otherwise, model;
  then.node("Neg", {"x"}, {"t"}).output("t");
  otherwise.node("Concat", {"x", "x"}, {"e"}, {{"axis", std::int64_t{0}}}).output("e");
  model.input("x", {2}).input("c", {}, onnx::TensorProto::BOOL).node("If", {"c"}, {"y"}).output("y");
  add_body(model, "then_branch", then);
  add_body(model, "else_branch", otherwise);
  expect_says(refusal_of(model),
              "its condition is known only when it runs, and output 0 is f32 2 or f32 4 by it; bind the input that it "
              "depends on with --value");
  ImportOptions options;
  options.values["c"] = {0};
  expect_near(results_of(model, {{"x", array({2}, {5, 6})}}, options).at("y"), array({4}, {5, 6, 5, 6}), 0);
}

TEST(If, HasNanForABranchThatCannotBeComputed) {
  OnnxModel then, otherwise, model;
  then.node("Neg", {"x"}, {"t"}).output("t");
  otherwise.weight("w", array({3}, {1, 2, 3})).node("Add", {"x", "w"}, {"e"}).output("e");
  model.input("x", {2}).input("c", {}, onnx::TensorProto::BOOL).node("If", {"c"}, {"y"}).output("y");
  add_body(model, "then_branch", then);
  add_body(model, "else_branch", otherwise);
  const Network network = model.import();
  ASSERT_EQ(network.notes.size(), 1U);
  expect_says(network.notes[0],
              "the branch of an If whose condition is false can't be computed (Add 'the_If/the_Add': ");
  const auto y = [&](double yes) {
    return results_of(model, {{"x", array({2}, {5, 6})}, {"c", array({}, {yes}, DType::boolean)}}).at("y").values;
  };
  EXPECT_EQ(y(1), (std::vector<double>{-5, -6}));
  for (const double value : y(0)) EXPECT_TRUE(std::isnan(value));
  *model.proto().mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_g() =
      model.proto().graph().node(0).attribute(1).g();
  expect_says(refusal_of(model), "the_Add");
}

/// state = state * w + x, i times; collects the states, and i.
OnnxModel loop(const Integers& trips) {
  OnnxModel body, model;
  body.input("i", {}, onnx::TensorProto::INT64).input("go_on", {}, onnx::TensorProto::BOOL).input("state", {2});
  body.node("Mul", {"state", "w"}, {"scaled"}).node("Add", {"scaled", "x"}, {"next"});
  body.node("Identity", {"go_on"}, {"still"}).node("Identity", {"next"}, {"seen"});
  body.node("Cast", {"i"}, {"number"}, {{"to", std::int64_t{onnx::TensorProto::FLOAT}}});
  body.output("still").output("next").output("seen").output("number");
  model.input("x", {2}).weight("w", array({1}, {2})).weight("zero", array({2}, {0, 0}));
  if (!trips.empty()) model.weight("trips", array({}, {static_cast<double>(trips[0])}, DType::i64));
  model.node("Loop", {trips.empty() ? "" : "trips", "", "zero"}, {"last", "all", "numbers"});
  add_body(model, "body", body);
  return model.output("last").output("all").output("numbers");
}

TEST(Loop, IsWrittenOut) {
  const Arrays outputs = results_of(loop({3}), {{"x", array({2}, {1, -1})}});
  expect_near(outputs.at("last"), array({2}, {7, -7}), 0);
  expect_near(outputs.at("all"), array({3, 2}, {1, -1, 3, -3, 7, -7}), 0);
  expect_near(outputs.at("numbers"), array({3}, {0, 1, 2}), 0);
}

TEST(Loop, EndsAtAKnownCondition) {
  OnnxModel body, model;
  body.input("i", {}, onnx::TensorProto::INT64).input("go_on", {}, onnx::TensorProto::BOOL).input("state", {2});
  body.weight("three", array({}, {3}, DType::i64)).node("Less", {"i", "three"}, {"still"});
  body.node("Add", {"state", "x"}, {"next"}).output("still").output("next");
  model.input("x", {2}).node("Loop", {"", "", "x"}, {"y"}).output("y");
  add_body(model, "body", body);
  expect_near(results_of(model, {{"x", array({2}, {1, 10})}}).at("y"), array({2}, {5, 50}), 0);
}

TEST(Loop, RefusesWhatIsKnownOnlyWhenItRuns) {
  expect_says(refusal_of(loop({})), "it runs more than 16384 times; at most as many iterations are written out");
  expect_says(refusal_of(loop({0})), "it runs not once, so that the shape of what it collects is not known");
  OnnxModel body, model;
  body.input("i", {}, onnx::TensorProto::INT64).input("go_on", {}, onnx::TensorProto::BOOL).input("state", {});
  body.node("Greater", {"state", "x"}, {"still"}).node("Add", {"state", "x"}, {"next"}).output("still").output("next");
  model.input("x", {}).node("Loop", {"", "", "x"}, {"y"}).output("y");
  add_body(model, "body", body);
  expect_says(refusal_of(model), "whether it goes on is known only when it runs");
}

TEST(Scan, GoesThroughAnyAxisInAnyDirection) {
  OnnxModel body, model;
  body.input("sum", {2}).input("x", {2}).node("Add", {"sum", "x"}, {"next"}).node("Identity", {"next"}, {"seen"});
  body.output("next").output("seen");
  model.input("x", {2, 3}).weight("zero", array({2}, {0, 0}));
  model.node("Scan", {"zero", "x"}, {"last", "all"},
             {{"num_scan_inputs", std::int64_t{1}},
              {"scan_input_axes", Integers{1}},
              {"scan_input_directions", Integers{1}},
              {"scan_output_axes", Integers{-1}}});
  add_body(model, "body", body);
  model.output("last").output("all");
  const Arrays outputs = results_of(model, {{"x", array({2, 3}, {1, 2, 3, 10, 20, 30})}});
  expect_near(outputs.at("last"), array({2}, {6, 60}), 0);
  expect_near(outputs.at("all"), array({2, 3}, {3, 5, 6, 30, 50, 60}), 0);
}

TEST(Scan, OfAnInputHasOneTaskForAllElements) {
  OnnxModel body, model;
  body.input("sum", {16}).input("x", {16}).node("Add", {"sum", "x"}, {"next"}).node("Tanh", {"next"}, {"seen"});
  body.output("next").output("seen");
  model.input("x", {40, 16}).weight("zero", array({16}, std::vector<double>(16, 1)));
  model.node("Scan", {"zero", "x"}, {"last", "all"}, {{"num_scan_inputs", std::int64_t{1}}});
  add_body(model, "body", body);
  model.output("last").output("all");
  EXPECT_LE(partition(optimize(model.import().graph)).tasks.size(), 5U);
}

/// Functions of a domain of their own: twice(x; k) = k x + x, and one that calls it.
OnnxModel with_functions() {
  OnnxModel model;
  model.input("x", {2}).node("quadruple", {"x"}, {"y"}).output("y");
  onnx::ModelProto& proto = model.proto();
  proto.mutable_graph()->mutable_node(0)->set_domain("mine");
  proto.mutable_graph()->mutable_node(0)->clear_attribute();
  const auto function = [&](const std::string& name) {
    onnx::FunctionProto& f = *proto.add_functions();
    f.set_name(name), f.set_domain("mine");
    f.add_input("x"), f.add_output("y");
    onnx::OperatorSetIdProto& set = *f.add_opset_import();
    set.set_domain(""), set.set_version(13);
    return &f;
  };
  const auto add = [](onnx::FunctionProto* f, const std::string& op, const Texts& inputs, const std::string& output) {
    onnx::NodeProto& node = *f->add_node();
    node.set_op_type(op);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return &node;
  };
  onnx::FunctionProto* twice = function("twice");
  twice->add_attribute("slope");
  onnx::AttributeProto& slope = *add(twice, "LeakyRelu", {"x"}, "bent")->add_attribute();
  slope.set_name("alpha"), slope.set_ref_attr_name("slope"), slope.set_type(onnx::AttributeProto::FLOAT);
  add(twice, "Add", {"bent", "x"}, "y");
  onnx::FunctionProto* quadruple = function("quadruple");
  onnx::NodeProto* call = add(quadruple, "twice", {"x"}, "t");
  call->set_domain("mine");
  onnx::AttributeProto& given = *call->add_attribute();
  given.set_name("slope"), given.set_f(3), given.set_type(onnx::AttributeProto::FLOAT);
  add(quadruple, "twice", {"t"}, "y")->set_domain("mine");  // by LeakyRelu's own default
  return model;
}

TEST(Functions, StandForTheirNodes) {
  // -1: twice with slope 3 gives -4, then with 0.01 -4.04.
  expect_near(results_of(with_functions(), {{"x", array({2}, {-1, 2})}}).at("y"), array({2}, {-4.04, 8}), 1e-6);
}

TEST(Functions, ThatCallThemselvesAreRefused) {
  OnnxModel model = with_functions();
  onnx::NodeProto& node = *model.proto().mutable_functions(0)->mutable_node(0);
  node.set_op_type("quadruple"), node.set_domain("mine"), node.clear_attribute();
  expect_says(refusal_of(model), "bodies and functions are more than 32 deep in each other");
}

TEST(Values, BindInputs) {
  OnnxModel model;
  model.input("x", {2})
      .input("shape", {2}, onnx::TensorProto::INT64)
      .node("Reshape", {"x", "shape"}, {"y"})
      .output("y");
  ImportOptions options;
  options.values["shape"] = {2, 1};
  EXPECT_EQ(results_of(model, {{"x", array({2}, {5, 6})}}, options).at("y").shape, (Shape{2, 1}));
  const auto refused = [&](const std::string& name, std::vector<double> values) {
    ImportOptions wrong;
    wrong.values[name] = std::move(values);
    return refusal_of(model, wrong);
  };
  expect_says(refused("ghost", {1}), "--value names an input 'ghost' that test.onnx does not have");
  expect_says(refused("shape", {1, 2, 3}), "--value gives input 'shape' 3 numbers, its shape 2 has 2 elements");
  expect_says(refused("shape", {1.5}), "--value gives input 'shape' the number 1.5, which is none of its type i64");
}

}  // namespace
}  // namespace tilewright::graph
