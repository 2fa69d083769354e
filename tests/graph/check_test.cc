// What `check` tells: everything that keeps a network from being compiled, and nothing else.

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "backend/cpu/backend.h"
#include "base/error.h"
#include "base/file.h"
#include "compile/compile_model.h"
#include "fuzz/mutate_message.h"
#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"
#include "space/search_space.h"
#include "target/host.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;
using Texts = std::vector<std::string>;

ModelCheck check(const OnnxModel& model) { return check_onnx_bytes(model.bytes(), "test.onnx"); }

/// "op: nodes" of all that is missing.
Texts missing(const OnnxModel& model) {
  Texts texts;
  for (const MissingFeature& m : check(model).missing) {
    std::string nodes;
    for (const std::string& node : m.nodes) nodes += " " + node;
    texts.push_back(m.op + ":" + nodes);
  }
  return texts;
}

onnx::ValueInfoProto value(const std::string& name, const Shape& shape, int type = onnx::TensorProto::FLOAT) {
  return OnnxModel().input(name, shape, type).proto().graph().input(0);
}

OnnxModel& with_half_weight(OnnxModel& model, const std::string& name, const Shape& shape) {
  model.weight(name, array(shape, {}));
  auto* weights = model.proto().mutable_graph()->mutable_initializer();
  weights->Mutable(weights->size() - 1)->set_data_type(onnx::TensorProto::FLOAT16);
  return model;
}

TEST(Check, NamesEveryHalfWeightAndInputAndWhatComesAfterThem) {
  OnnxModel model;
  model.input("x", {2, 3}, onnx::TensorProto::FLOAT16);
  with_half_weight(model, "w", {3});
  with_half_weight(model, "v", {2, 1});
  model.node("Add", {"x", "w"}, {"s"}).node("Mul", {"s", "v"}, {"p"}).node("Frobnicate", {"p"}, {"y"}).output("y");
  EXPECT_EQ(missing(model), (Texts{"weight: w v", "input: x", "Frobnicate: the_Frobnicate"}));
  EXPECT_THROW(model.import(), Error);
}

TEST(Check, GoesOnAfterAnUnsupportedNodeWhereTypesAreDeclared) {
  OnnxModel model;
  model.input("x", {2, 3}).node("Frobnicate", {"x"}, {"f"}).node("Relu", {"f"}, {"r"});
  model.node("Softmax", {"r"}, {"y"}, {{"axis", std::int64_t{5}}}).output("y");
  EXPECT_EQ(missing(model), Texts{"Frobnicate: the_Frobnicate"});
  *model.proto().mutable_graph()->add_value_info() = value("f", {2, 3});
  EXPECT_EQ(missing(model), (Texts{"Frobnicate: the_Frobnicate", "Softmax: the_Softmax"}));
}

TEST(Check, LooksIntoBodies) {
  OnnxModel body;
  body.node("Frobnicate", {"x"}, {"a"}).node("Relu", {"a"}, {"b"}, {{"shine", std::int64_t{1}}}).output("b");
  OnnxModel model;
  model.input("x", {2}).input("c", {1}, onnx::TensorProto::BOOL).node("If", {"c"}, {"y"}).output("y");
  onnx::AttributeProto* branch = model.proto().mutable_graph()->mutable_node(0)->add_attribute();
  branch->set_name("then_branch");
  branch->set_type(onnx::AttributeProto::GRAPH);
  *branch->mutable_g() = body.proto().graph();
  EXPECT_EQ(missing(model), (Texts{"If: the_If", "Frobnicate: the_If/the_Frobnicate", "Relu: the_If/the_Relu"}));
}

TEST(Check, LeavesOutWhatNoOutputDependsOn) {
  OnnxModel model;
  model.input("x", {2}).node("Frobnicate", {"x"}, {"dead"});
  with_half_weight(model, "w", {2});
  model.node("Add", {"dead", "w"}, {"deader"}).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_TRUE(check(model).supported());
  EXPECT_EQ(model.import().graph.nodes().size(), 1u);
  const Texts notes = check(model).notes;
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("2 nodes"), std::string::npos) << notes[0];
}

TEST(Check, NamesTheNodeOfATypeThatAnOperatorDoesNotTake) {
  const auto unsupported = [](const std::string& op, int type) {
    OnnxModel model;
    return missing(model.input("x", {2, 3}, type).node("Identity", {"x"}, {"i"}).node(op, {"i"}, {"y"}).output("y"));
  };
  EXPECT_EQ(unsupported("Sqrt", onnx::TensorProto::INT32), Texts{"Sqrt: the_Sqrt"});
  EXPECT_EQ(unsupported("Relu", onnx::TensorProto::BOOL), Texts{"Relu: the_Relu"});
  EXPECT_EQ(unsupported("Softmax", onnx::TensorProto::INT64), Texts{"Softmax: the_Softmax"});
  EXPECT_EQ(unsupported("Not", onnx::TensorProto::FLOAT), Texts{"Not: the_Not"});
}

TEST(Check, NamesTheNodeWhoseWeightsHaveAnotherTypeThanItsData) {
  OnnxModel model;
  model.input("x", {1, 2, 5, 5}).input("w", {4, 2, 3, 3}, onnx::TensorProto::DOUBLE);
  model.node("Conv", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(missing(model), Texts{"Conv: the_Conv"});
}

bool compiles(const std::string& bytes, const backend::TargetRef& target) {
  const auto scheduler = [](const task::Task& task) { return space::SearchSpace(task.dag, {}, {}).default_state(); };
  try {
    compile::compile_plan(partition(optimize(import_onnx_bytes(bytes, "test.onnx").graph)), scheduler, target, 1);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool is_supported(const std::string& bytes) {
  try {
    return check_onnx_bytes(bytes, "test.onnx").supported();
  } catch (const Error&) {
    return false;
  }
}

/// Debian's libonnx-testdata has one small model a folder.
std::vector<std::filesystem::path> node_models() {
  constexpr const char* kFolder = "/usr/share/libonnx-testdata/data/node";
  std::vector<std::filesystem::path> paths;
  if (!std::filesystem::is_directory(kFolder)) return paths;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (const auto path = entry.path() / "model.onnx"; std::filesystem::exists(path)) paths.push_back(path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(Check, SaysYesExactlyWhenAMutatedModelCompiles) {
  constexpr std::int64_t kModels = 1000;
  const google::protobuf::LogSilencer quiet;
  const std::vector<std::filesystem::path> paths = node_models();
  if (paths.empty()) GTEST_SKIP() << "libonnx-testdata is not installed";
  const backend::TargetRef target = cpu::make_target(target::host_target());
  int supported = 0;
  for (std::int64_t seed = 0; seed < kModels; ++seed) {
    Rng rng(static_cast<std::uint64_t>(seed));
    const std::filesystem::path& path = paths[static_cast<std::size_t>(rng.below(std::ssize(paths)))];
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << path);
    onnx::ModelProto model;
    if (!model.ParseFromString(read_file(path))) continue;
    for (std::int64_t i = rng.below(3); i > 0; --i) fuzz::mutate_message(model, rng);
    const std::string bytes = model.SerializePartialAsString();
    const bool yes = is_supported(bytes);
    EXPECT_EQ(yes, compiles(bytes, target));
    supported += yes ? 1 : 0;
  }
  EXPECT_GT(supported, kModels / 10);
  EXPECT_LT(supported, kModels * 9 / 10);
}

}  // namespace
}  // namespace tilewright::graph
