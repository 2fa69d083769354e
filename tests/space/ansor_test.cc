// The space against the real Ansor's: sketches, and bounds of its samples.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

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
  const SearchSpace space(dag(), hardware, SpaceOptions::ansor());
  ASSERT_EQ(space.sketches().size(), truth_["sketches"].size());
  for (std::size_t i = 0; i < space.sketches().size(); ++i) {
    EXPECT_EQ(schedule::to_json(space.sketches()[i].steps()), truth_["sketches"][i]["steps"]);
    EXPECT_EQ(schedule::to_text(space.sketches()[i]), truth_["sketches"][i]["printed"]);
  }
}

/// The real one's text as ours would be. A loop's minimum, and rarely its extent, depends on loops around it in the
/// real one; ours says 0, and the largest extent, which is taken from our line.
std::string as_ours(const std::string& real, const std::string& ours) {
  std::istringstream real_lines(real), our_lines(ours);
  std::string result;
  for (std::string line, other; std::getline(real_lines, line);) {
    std::getline(our_lines, other);
    const std::size_t open = line.find(" ("), comma = line.rfind(',');
    if (open != std::string::npos && comma != std::string::npos) {
      const bool is_number = line.find_first_not_of("0123456789", comma + 1) == line.size() - 1;
      const std::string& extent_of = is_number ? line : other;
      line = line.substr(0, open) + " (0" + extent_of.substr(std::min(extent_of.rfind(','), extent_of.size()));
    }
    result += line + "\n";
  }
  return result;
}

/// The real one trims a stage at root to the elements that are read; ours computes the whole of its tensor. These are
/// the workloads where that makes a difference: strided windows that leave the last padded row and column alone.
bool leaves_padding_unread(const std::string& workload) {
  return workload == "group_conv2d_nchw" || workload == "conv1d_nlc" || workload.starts_with("max_pool2d");
}

TEST_P(Ansor, SamplesLower) {
  for (const nlohmann::json& sample : complete_states(truth_)) {
    const Result<schedule::State> state = schedule::State::replay(dag(), *schedule::steps_from_json(sample["steps"]));
    ASSERT_TRUE(state) << state.message();
    const auto program = loop::lower(*state);
    EXPECT_TRUE(program) << program.message() << sample["steps"];
  }
}

TEST_P(Ansor, SamplesHaveTheRealBounds) {
  if (leaves_padding_unread(GetParam())) return;
  for (const nlohmann::json& sample : complete_states(truth_)) {
    Result<schedule::State> state = schedule::State::replay(dag(), *schedule::steps_from_json(sample["steps"]));
    ASSERT_TRUE(state) << state.message();
    const auto extents = loop::infer_extents(*state);
    ASSERT_TRUE(extents) << extents.message() << sample["steps"];
    state->set_extents(*extents);
    const std::string ours = schedule::to_text(*state);
    EXPECT_EQ(ours, as_ours(sample["printed"], ours)) << sample["steps"];
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
