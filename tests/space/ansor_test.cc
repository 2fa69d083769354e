// The space against the real Ansor's: sketches, and bounds of its samples.
#include <gtest/gtest.h>

#include "loop/lower.h"
#include "schedule/codec.h"
#include "schedule/ground_truth.h"
#include "schedule/workloads.h"
#include "space/search_space.h"

namespace tilewright::space {
namespace {

class Ansor : public testing::TestWithParam<std::string> {
 protected:
  const nlohmann::json truth_ = ground_truth(GetParam());
  const te::DagRef& dag() const { return workloads::all().at(GetParam()); }
};

TEST_P(Ansor, SketchesAreTheRealOnesInOrder) {
  Hardware hardware;
  hardware.cores = truth_["cores"];
  const SearchSpace space(dag(), hardware);
  ASSERT_EQ(space.sketches().size(), truth_["sketches"].size());
  for (std::size_t i = 0; i < space.sketches().size(); ++i) {
    EXPECT_EQ(schedule::to_json(space.sketches()[i].steps()), truth_["sketches"][i]["steps"]);
    EXPECT_EQ(schedule::to_text(space.sketches()[i]), truth_["sketches"][i]["printed"]);
  }
}

/// A loop's minimum depends on loops around it in the real one's text, and is taken as 0 in ours.
std::string with_zero_minimum(const std::string& text) {
  std::string result;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin) + 1;
    std::string line = text.substr(begin, end - begin);
    const std::size_t open = line.find(" ("), comma = line.rfind(',');
    if (open != std::string::npos && comma != std::string::npos)
      line = line.substr(0, open) + " (0" + line.substr(comma);
    result += line;
    begin = end;
  }
  return result;
}

/// The real one trims a stage at root to the elements that are read; ours computes the whole of its tensor. These are
/// the workloads where that makes a difference: strided windows that leave the last padded row and column alone.
bool leaves_padding_unread(const std::string& workload) {
  return workload == "group_conv2d_nchw" || workload.starts_with("max_pool2d");
}

TEST_P(Ansor, SamplesHaveTheRealBounds) {
  if (leaves_padding_unread(GetParam())) return;
  for (const nlohmann::json& sample : truth_["samples"]) {
    Result<schedule::State> state = schedule::State::replay(dag(), *schedule::steps_from_json(sample["steps"]));
    ASSERT_TRUE(state) << state.message();
    const auto extents = loop::infer_extents(*state);
    ASSERT_TRUE(extents) << extents.message() << sample["steps"];
    state->set_extents(*extents);
    EXPECT_EQ(schedule::to_text(*state), with_zero_minimum(sample["printed"])) << sample["steps"];
  }
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, dag] : workloads::all()) names.push_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Workloads, Ansor, testing::ValuesIn(names()),
                         [](const auto& workload) { return workload.param; });

}  // namespace
}  // namespace tilewright::space
