#include "runtime/model/model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/out_of_memory.h"
#include "runtime/model/execution.h"
#include "support/object_files.h"

namespace tilewright::runtime {
namespace {

using Place = BufferRef::Place;

Tensor filled(std::vector<float> values) {
  Tensor tensor(DType::f32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), tensor.as<float>().begin());
  return tensor;
}
const std::vector<float> kOneToEight = {1, 2, 3, 4, 5, 6, 7, 8};

/// y = 2 (x + w), z = x, with w = 10, 20, … 80
ModelPlan example_plan() {
  ModelPlan plan;
  plan.target = "somewhere";
  plan.flops = 16;
  plan.inputs = {{"x", DType::f32, {8}}};
  plan.outputs = {{"y", DType::f32, {8}}, {"z", DType::f32, {8}}};
  plan.constants = {filled({10, 20, 30, 40, 50, 60, 70, 80})};
  plan.arena_bytes = 64;
  plan.objects = {support::test_object("kernels.c")};
  plan.calls = {{0, "tw_add8", {{Place::input, 0}, {Place::constant, 0}, {Place::arena, 0}}, "add 8"},
                {0, "tw_double8", {{Place::arena, 0}, {Place::output, 0}}, "double 8"}};
  plan.copies = {{{Place::input, 0}, 1}};
  return plan;
}

void expect_example_outputs(const std::map<std::string, Tensor>& outputs) {
  ASSERT_EQ(outputs.size(), 2u);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(outputs.at("y").as<float>()[i], 22 * static_cast<float>(i + 1));
    EXPECT_EQ(outputs.at("z").as<float>()[i], static_cast<float>(i + 1));
  }
}

std::string message_of(const std::function<void()>& action, Code code = Code::bad_input) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

std::string out_of_memory(const std::function<void()>& action) {
  try {
    action();
  } catch (const OutOfMemory& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

void expect_contains(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

class ModelFile : public testing::Test {
 protected:
  ModelFile()
      : folder_(std::filesystem::temp_directory_path() / ("tilewright_model_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    Model(example_plan()).save(path());
    std::ifstream file(path(), std::ios::binary);
    bytes_ = {std::istreambuf_iterator<char>(file), {}};
  }
  ~ModelFile() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path path() const { return folder_ / "model.tw"; }
  std::string load_message(const std::string& bytes) const {
    std::ofstream(folder_ / "other.tw", std::ios::binary) << bytes;
    return message_of([&] { Model::load(folder_ / "other.tw"); });
  }

  std::filesystem::path folder_;
  std::string bytes_;
  ThreadPool pool_{{.threads = 1, .pin = false}};
};

TEST_F(ModelFile, RunsTheSameAfterSavingAndLoading) {
  expect_example_outputs(Model(example_plan()).run({{"x", filled(kOneToEight)}}, pool_));
  const Model loaded = Model::load(path());
  expect_example_outputs(loaded.run({{"x", filled(kOneToEight)}}, pool_));
  EXPECT_EQ(loaded.plan().target, "somewhere");
  EXPECT_EQ(loaded.plan().flops, 16);
  EXPECT_EQ(loaded.outputs()[1].name, "z");
  EXPECT_EQ(loaded.plan().calls[1].description, "double 8");
}

TEST_F(ModelFile, StaysUsableWhenTheFileIsReplacedOrGone) {
  const Model loaded = Model::load(path());
  loaded.save(path());
  const Model copy = loaded;
  std::filesystem::remove(path());
  expect_example_outputs(copy.run({{"x", filled(kOneToEight)}}, pool_));
}

TEST_F(ModelFile, IsToldFromOtherFilesByItsStart) {
  EXPECT_TRUE(Model::is_model_file(path()));
  std::ofstream(folder_ / "other") << "onnx";
  EXPECT_FALSE(Model::is_model_file(folder_ / "other"));
  EXPECT_FALSE(Model::is_model_file(folder_ / "missing"));
  EXPECT_FALSE(Model::is_model_file(folder_));
}

TEST_F(ModelFile, CutOffAnywhereIsRefused) {
  for (std::size_t length = 8; length < bytes_.size(); length += 61)
    expect_contains(load_message(bytes_.substr(0, length)), {"other.tw is cut off", "compile the model again"});
  for (std::size_t length = 1; length < 8; ++length)
    expect_contains(load_message(bytes_.substr(0, length)), {"no compiled model"});
}

TEST_F(ModelFile, WithAnyByteChangedIsRefused) {
  for (std::size_t i = 8; i < bytes_.size(); i += i < 64 || i + 64 >= bytes_.size() ? 1 : 13) {
    std::string damaged = bytes_;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    EXPECT_NE(load_message(damaged), "") << "byte " << i;
  }
}

TEST_F(ModelFile, OfAnotherFormatSaysSo) {
  std::string other = bytes_;
  other[8] = 9;
  expect_contains(load_message(other), {"format 9", "reads format 3"});
}

TEST_F(ModelFile, ThatIsNoneIsRefused) {
  expect_contains(load_message("hello, this is no model"), {"other.tw is no compiled model"});
}

TEST_F(ModelFile, ThatIsMissingIsNamed) {
  expect_contains(message_of([&] { Model::load(folder_ / "missing.tw"); }), {"missing.tw", "No such file"});
}

TEST_F(ModelFile, IsNotTouchedWhenSavingFails) {
  const std::filesystem::path blocked = folder_ / "no_such_folder" / "model.tw";
  expect_contains(message_of([&] { Model(example_plan()).save(blocked); }, Code::cannot_write), {"model.tw"});
  expect_contains(message_of([&] { Model(example_plan()).save("/dev/full"); }, Code::cannot_write),
                  {"/dev/full", "No space"});
}

TEST(Model, NamesEverythingThatIsWrongWithItsInputs) {
  ThreadPool pool({.threads = 1, .pin = false});
  const Model model(example_plan());
  expect_contains(message_of([&] { model.run({}, pool); }), {"input x is missing"});
  expect_contains(message_of([&] { model.run({{"x", filled({1})}, {"extra", filled({1})}}, pool); }),
                  {"input x must be f32 [8], is f32 [1]", "the model has no input extra"});
  expect_contains(message_of([&] { model.run({{"x", Tensor(DType::i64, {8})}}, pool); }),
                  {"must be f32 [8], is i64 [8]"});
}

TEST(Model, NeedsTheFeaturesItWasCompiledFor) {
  ModelPlan plan = example_plan();
  plan.required_features = {"fma4", "avx512fp16"};  // of two families: nobody has both
  expect_contains(message_of([&] { Model{plan}; }), {"compiled for somewhere", "this processor has no"});
}

TEST(Model, RefusesAFeatureItCannotCheck) {
  ModelPlan plan = example_plan();
  plan.required_features = {"something-unheard-of"};
  expect_contains(message_of([&] { Model{plan}; }),
                  {"this processor has no something-unheard-of (not known to this version)"});
}

TEST(Model, RefusesCodeThatCannotBeLoaded) {
  ModelPlan plan = example_plan();
  plan.objects[0] = "no machine code";
  expect_contains(message_of([&] { Model{plan}; }), {"the model's code can't be loaded"});
}

TEST(Model, ChecksWhatItsPlanRefersTo) {
  const std::vector<std::function<void(ModelPlan&)>> mistakes = {
      [](ModelPlan& p) { p.calls[0].object = 1; },
      [](ModelPlan& p) { p.calls[0].symbol = "nobody"; },
      [](ModelPlan& p) { p.calls[0].buffers[0].position = 1; },
      [](ModelPlan& p) { p.calls[0].buffers[1].position = -1; },
      [](ModelPlan& p) { p.calls[0].buffers[2].position = 65; },
      [](ModelPlan& p) { p.calls[0].buffers[2].position = 32; },  // not aligned
      [](ModelPlan& p) { p.calls[0].buffers[2].position = 64; },  // nothing is left there
      [](ModelPlan& p) { p.calls[0].buffers.pop_back(); },
      [](ModelPlan& p) { p.calls[0].buffers.clear(); },
      [](ModelPlan& p) { p.calls[0].buffers[2] = {Place::constant, 0}; },  // written to
      [](ModelPlan& p) { p.calls[1].buffers[0] = {Place::output, 0}; },    // where it writes
      [](ModelPlan& p) { p.calls[0].buffers[0] = {Place::arena, 0}; },
      [](ModelPlan& p) { p.arena_bytes = 31; },
      [](ModelPlan& p) { p.arena_bytes = -1; },
      [](ModelPlan& p) { p.arena_bytes = std::int64_t{1} << 40; },  // nobody needs as much
      [](ModelPlan& p) { p.inputs[0].shape = {7}; },
      [](ModelPlan& p) { p.inputs[0].type = DType::i8; },
      [](ModelPlan& p) { p.outputs[0].shape = {2, 3}; },
      [](ModelPlan& p) { p.outputs[1].shape = {9}; },
      [](ModelPlan& p) { p.outputs[1].name = "y"; },
      [](ModelPlan& p) { p.outputs[0].shape = {-8}; },
      [](ModelPlan& p) { p.calls[0].buffers[0].offset = 64; },  // nothing is left there
      [](ModelPlan& p) { p.calls[0].buffers[0].offset = -64; },
      [](ModelPlan& p) { p.calls[0].buffers[1].offset = 64; },  // of a constant
      [](ModelPlan& p) { p.calls[1].buffers[1].offset = 32; },  // not aligned
      [](ModelPlan& p) { p.inputs[0].shape = {std::int64_t{1} << 40, std::int64_t{1} << 40}; },
      [](ModelPlan& p) { p.constants[0] = filled({1}); },
      [](ModelPlan& p) { p.copies[0].output = 2; },
      [](ModelPlan& p) { p.copies[0].from = {Place::output, 1}; },
      [](ModelPlan& p) { p.copies.clear(); },
      [](ModelPlan& p) { p.flops = -1; },
  };
  for (const auto& mistake : mistakes) {
    ModelPlan plan = example_plan();
    mistake(plan);
    EXPECT_THROW(Model{plan}, InternalError);
  }
}

TEST(Execution, RunsAgainAfterAnotherInputIsBound) {
  ThreadPool pool({.threads = 1, .pin = false});
  const Model model(example_plan());
  Execution execution(model, pool);
  EXPECT_THROW(execution.run(), InternalError);  // nothing is bound
  execution.bind(0, filled(kOneToEight));
  execution.run();
  execution.run();
  EXPECT_EQ(execution.output(0).as<float>()[7], 176);
  execution.bind(0, filled({0, 0, 0, 0, 0, 0, 0, 1}));
  execution.run();
  EXPECT_EQ(execution.output(0).as<float>()[7], 162);
}

TEST(Execution, CopiesInputsThatAreNotAligned) {
  ThreadPool pool({.threads = 1, .pin = false});
  const Model model(example_plan());
  Execution execution(model, pool);
  Tensor memory(DType::f32, {9});
  std::copy(kOneToEight.begin(), kOneToEight.end(), memory.as<float>().begin() + 1);
  execution.bind(0, Tensor::view(DType::f32, {8}, memory.as<float>().data() + 1));
  execution.run();
  EXPECT_EQ(execution.output(0).as<float>()[0], 22);
}

TEST(Execution, SaysWhichKernelFailed) {
  ThreadPool pool({.threads = 1, .pin = false});
  ModelPlan plan = example_plan();
  plan.calls[1].symbol = "tw_out_of_memory";
  expect_contains(out_of_memory([&] { Model(plan).run({{"x", filled(kOneToEight)}}, pool); }),
                  {"not enough to run double 8"});
  plan.calls[1].symbol = "tw_fails";
  EXPECT_THROW(Model(plan).run({{"x", filled(kOneToEight)}}, pool), InternalError);
}

TEST(Execution, SaysWhenThereIsNoMemoryForTheArena) {
  ThreadPool pool({.threads = 1, .pin = false});
  ModelPlan plan = example_plan();
  plan.calls[0].symbol = "tw_huge_result";
  plan.calls[1] = {0, "tw_huge_argument", {{Place::arena, 0}, {Place::output, 0}}, "read all of it"};
  plan.arena_bytes = std::int64_t{1} << 46;
  const Model model(plan);
  expect_contains(out_of_memory([&] { Execution(model, pool); }), {"needs 70368744177664 bytes"});
}

}  // namespace
}  // namespace tilewright::runtime
