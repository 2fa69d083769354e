#include "driver/tensors/npz.h"
#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

using driver::NamedTensors;
using runtime::Tensor;

class Model : public Program {
 protected:
  Model() { write_file(path("small.onnx"), small_model().SerializeAsString()); }
  void write_model(const std::string& name, const onnx::ModelProto& model) {
    write_file(path(name), model.SerializeAsString());
  }
  void write_inputs(const NamedTensors& tensors) { driver::write_npz(path("in.npz"), tensors); }
};

TEST_F(Model, IsCheckedAndSupported) {
  const Outcome outcome = run("check small.onnx --json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(outcome.json().at("supported"));
  EXPECT_TRUE(outcome.json().at("missing").empty());
}

TEST_F(Model, IsCheckedForEverythingMissingAtOnce) {
  write_model("alien.onnx", alien_model());
  const Outcome outcome = run("check alien.onnx --json");
  EXPECT_EQ(outcome.code, 3);
  const nlohmann::json missing = outcome.json().at("missing");
  ASSERT_EQ(missing.size(), 2u) << missing;
  for (const char* field : {"op", "domain", "opset", "nodes", "reason"})
    EXPECT_TRUE(missing[0].contains(field)) << field;
}

TEST_F(Model, HasTasks) {
  const nlohmann::json tasks = run("tasks small.onnx --json").json().at("tasks");
  ASSERT_FALSE(tasks.empty());
  for (const char* field : {"key", "workload", "flops", "count"}) EXPECT_TRUE(tasks[0].contains(field)) << field;
}

TEST_F(Model, RunsCompiledAsItRunsFromOnnx) {
  EXPECT_EQ(run("run small.onnx --seed 3 --output y.npz").code, 0);
  const Outcome compiled = run("compile small.onnx -o small.tw --json");
  EXPECT_EQ(compiled.code, 0) << compiled.err;
  EXPECT_GT(compiled.json().at("bytes"), 0);
  const Outcome outcome = run("run small.tw --seed 3 --expect y.npz --rtol 0 --json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(outcome.json().at("match"));
  EXPECT_EQ(outcome.json().at("outputs")[0].at("shape"), nlohmann::json({1, 4, 8, 8}));
}

TEST_F(Model, WithOpenDimensionsTakesThemFromItsInputs) {
  write_model("dynamic.onnx", dynamic_model());
  write_inputs({{"image", Tensor(DType::f32, {1, 3, 5, 6})}});
  const Outcome outcome = run("run dynamic.onnx --input in.npz --json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("outputs")[0].at("shape"), nlohmann::json({1, 4, 5, 6}));
  EXPECT_EQ(run("run dynamic.onnx --input in.npz --shape image:1x3x9x9").code, 3);
}

TEST_F(Model, FailsWithCodeOneWhenOutputsDoNotMatch) {
  driver::write_npz(path("wrong.npz"), {{"y", Tensor(DType::f32, {1, 4, 8, 8})}});
  const Outcome outcome = run("run small.onnx --expect wrong.npz --json");
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_FALSE(outcome.json().at("match"));
  EXPECT_GT(outcome.json().at("max_abs_error"), 0);
}

TEST_F(Model, IsTimed) {
  const nlohmann::json times = run("bench small.onnx --seconds 0.05 --json").json();
  for (const char* field : {"median_s", "p95_s", "min_s", "runs", "gflops", "share_of_peak"})
    EXPECT_TRUE(times.at(field).is_number()) << field;
  EXPECT_FALSE(times.contains("kernels"));
}

TEST_F(Model, IsTimedKernelByKernel) {
  const nlohmann::json report = run("bench small.onnx --seconds 0.05 --profile --json").json();
  const nlohmann::json& kernels = report.at("kernels");
  ASSERT_FALSE(kernels.empty());
  EXPECT_EQ(kernels.size(), run("tasks small.onnx --json").json().at("tasks").size());
  for (const nlohmann::json& kernel : kernels) {
    EXPECT_GE(kernel.at("calls"), 1);
    EXPECT_GT(kernel.at("median_s"), 0);
    EXPECT_NE(run("bench small.onnx --seconds 0.05 --profile").out.find(kernel.at("kernel")), std::string::npos);
  }
}

TEST_F(Model, WithOpenDimensionsNeedsAShape) {
  write_model("open.onnx", dynamic_model());
  expect_failure(run("tasks open.onnx"), 3, "--shape image:1x3x");
  EXPECT_EQ(run("run open.onnx --shape image:1x3x8x8 --json").json().at("outputs")[0].at("shape"),
            nlohmann::json({1, 4, 8, 8}));
}

TEST_F(Model, ThatIsMissingIsNamed) {
  for (const char* verb : {"check", "tasks", "tune", "run", "bench", "compile -o out.tw"})
    expect_failure(run(std::string(verb) + " missing.onnx"), 3, "missing.onnx: No such file or directory");
}

TEST_F(Model, OfNoImagesTakesAndGivesArraysWithoutElements) {
  onnx::ModelProto model = small_model();
  for (onnx::ValueInfoProto* value :
       {model.mutable_graph()->mutable_input(0), model.mutable_graph()->mutable_output(0)})
    value->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_value(0);
  write_model("none.onnx", model);
  EXPECT_EQ(run("check none.onnx").code, 0);
  write_inputs({{"image", Tensor(DType::f32, {0, 3, 8, 8})}});
  driver::write_npz(path("y.npz"), {{"y", Tensor(DType::f32, {0, 4, 8, 8})}});
  for (const char* file : {"none.onnx", "none.tw"}) {
    EXPECT_EQ(run("compile none.onnx -o none.tw").code, 0);
    const Outcome outcome = run(std::string("run ") + file + " --input in.npz --expect y.npz --json");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(outcome.json().at("match"));
  }
}

TEST_F(Model, ThatIsCutShortIsRefused) {
  const std::string bytes = read_file(path("small.onnx"));
  write_file(path("short.onnx"), std::string_view(bytes).substr(0, bytes.size() / 2));
  for (const char* verb : {"check", "tasks", "tune", "run"})
    expect_failure(run(std::string(verb) + " short.onnx"), 3, "short.onnx");
}

TEST_F(Model, ThatIsSomethingElseIsRefused) {
  write_file(path("notes.txt"), "this is no model\n");
  write_file(path("empty.onnx"), "");
  for (const char* file : {"notes.txt", "empty.onnx", "."}) expect_failure(run(std::string("run ") + file), 3, file);
}

TEST_F(Model, ThatIsAPipeOrADeviceIsRefusedAtOnce) {
  ASSERT_EQ(std::system(("mkfifo " + path("pipe")).c_str()), 0);
  for (const char* verb : {"check", "tasks", "tune", "run", "bench", "compile -o out.tw"}) {
    expect_failure(run(std::string(verb) + " pipe", "timeout 20"), 3, "pipe: it is a pipe");
    expect_failure(run(std::string(verb) + " /dev/zero", "timeout 20"), 3, "/dev/zero: it is a device");
  }
  for (const char* file : {"pipe.npz", "pipe.pb"}) {
    ASSERT_EQ(std::system(("mkfifo " + path(file)).c_str()), 0);
    expect_failure(run(std::string("run small.onnx --input ") + file, "timeout 20"), 3, "it is a pipe");
    expect_failure(run(std::string("run small.onnx --expect ") + file, "timeout 20"), 3, "it is a pipe");
  }
}

TEST_F(Model, WithUnknownOperatorsIsRefusedByName) {
  write_model("alien.onnx", alien_model());
  expect_failure(run("run alien.onnx"), 3, "Convoluted");
}

TEST_F(Model, ThatIsCompiledCannotBeTunedOrCompiledAgain) {
  ASSERT_EQ(run("compile small.onnx -o small.tw").code, 0);
  for (const char* verb : {"tune", "tasks", "compile -o again.tw"})
    expect_failure(run(std::string(verb) + " small.tw"), 3, "small.tw is a compiled model");
}

TEST_F(Model, ThatIsCompiledAndCutShortIsRefused) {
  ASSERT_EQ(run("compile small.onnx -o small.tw").code, 0);
  const std::string bytes = read_file(path("small.tw"));
  for (std::size_t part : {2, 3, 10}) {
    write_file(path("short.tw"), std::string_view(bytes).substr(0, bytes.size() - bytes.size() / part));
    expect_failure(run("run short.tw"), 3, "short.tw");
  }
}

TEST_F(Model, RefusesAnUnknownTarget) { expect_failure(run("compile small.onnx -o x.tw --target vax"), 2, "vax"); }

struct BadInput {
  const char* name;
  NamedTensors tensors;
  const char* message;
};
class ModelInput : public Model, public ::testing::WithParamInterface<BadInput> {};
TEST_P(ModelInput, IsRefused) {
  write_inputs(GetParam().tensors);
  const Outcome outcome = run("run small.onnx --input in.npz");
  expect_failure(outcome, 3, GetParam().message);
  EXPECT_NE(outcome.err.find("image"), std::string::npos) << outcome.err;
}
INSTANTIATE_TEST_SUITE_P(WithAWrong, ModelInput,
                         ::testing::Values(BadInput{"Name", {{"picture", Tensor(DType::f32, {1, 3, 8, 8})}}, "picture"},
                                           BadInput{"Shape", {{"image", Tensor(DType::f32, {1, 8, 8, 3})}}, "1x8x8x3"},
                                           BadInput{"Type", {{"image", Tensor(DType::f64, {1, 3, 8, 8})}}, "f64"}),
                         [](const auto& row) { return row.param.name; });

TEST_F(Model, RefusesAnInputFileThatIsMissing) {
  expect_failure(run("run small.onnx --input missing.npz"), 3, "missing.npz: No such file or directory");
}

TEST_F(Model, KeepsTheOldFileWhenItCannotWriteTheNewOne) {
  expect_failure(run("compile small.onnx -o nowhere/small.tw"), 5, "nowhere/small.tw: No such file or directory");
  expect_failure(run("compile small.onnx -o /dev/full"), 5, "cannot write /dev/full: No space left on device");
  expect_failure(run("compile small.onnx -o ."), 5, "cannot write .: Is a directory");
  expect_failure(run("run small.onnx --output /dev/full"), 5, "cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace tilewright::cli
