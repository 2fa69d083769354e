// Model files whose header was changed by somebody who knows the format: with the right checksums.

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "runtime/model/execution.h"
#include "support/model_bytes.h"
#include "support/mutate_json.h"
#include "support/object_files.h"

namespace tilewright::runtime {
namespace {

using Place = BufferRef::Place;

/// y = 4 (x + w + w), z = x, u = w, through every place that a buffer can be in.
ModelPlan example_plan() {
  ModelPlan plan;
  plan.target = "somewhere";
  plan.inputs = {{"x", DType::f32, {8}}, {"unread", DType::i64, {2}}};
  plan.outputs = {{"y", DType::f32, {8}}, {"z", DType::f32, {2, 4}}, {"u", DType::f32, {8}}};
  plan.constants = {Tensor(DType::f32, {8}), Tensor(DType::f32, {40})};
  plan.arena_bytes = 128;
  plan.objects = {support::test_object("kernels.c"), support::test_object("kernels.c")};
  plan.calls = {{0, "tw_add8", {{Place::input, 0}, {Place::constant, 0}, {Place::arena, 0}}, "add 8"},
                {1, "tw_add8", {{Place::arena, 0}, {Place::constant, 0}, {Place::arena, 64}}, "add 8"},
                {0, "tw_double8", {{Place::arena, 64}, {Place::arena, 0}}, "double 8"},
                {1, "tw_double8", {{Place::arena, 0}, {Place::output, 0}}, "double 8"}};
  plan.copies = {{{Place::input, 0}, 1}, {{Place::constant, 0}, 2}};
  return plan;
}

/// Loads and, if the inputs fit, runs. Returns whether the model was taken; what escapes is a bug.
bool try_to_run(const std::filesystem::path& path, ThreadPool& pool) {
  constexpr std::int64_t kMostElements = 1 << 20;  // an input that nobody reads may have any size
  try {
    const Model model = Model::load(path);
    std::map<std::string, Tensor> inputs;
    for (const Port& port : model.inputs()) {
      std::int64_t elements = 1;
      for (const std::int64_t extent : port.shape) elements = std::min(elements * extent, kMostElements);
      if (elements >= kMostElements) return true;
      inputs[port.name] = Tensor(port.type, port.shape);
    }
    model.run(inputs, pool);
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input) << error.what();
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    return false;
  }
}

TEST(ChangedModel, WithTheRightChecksumsIsRefusedOrRuns) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("tilewright_changed_model_{}.tw", ::getpid());
  Model(example_plan()).save(path);
  const ModelBytes original = ModelBytes::parse(read_file(path)).value();
  ThreadPool pool({.threads = 1, .pin = false});
  int taken = 0, refused = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    ModelBytes changed = original;
    nlohmann::json header = nlohmann::json::parse(original.header);
    for (std::int64_t changes = rng.between(1, 3); changes > 0; --changes) mutate_json(header, rng);
    changed.header = header.dump();
    if (rng.chance(0.05)) changed.header.resize(static_cast<std::size_t>(rng.below(std::ssize(changed.header))));
    if (rng.chance(0.05)) changed.weights.resize(static_cast<std::size_t>(rng.below(4)) * 32);
    std::ofstream(path, std::ios::binary) << changed.file();
    ++(try_to_run(path, pool) ? taken : refused);
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(taken, 100);
  EXPECT_GT(refused, 2000);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tilewright::runtime
