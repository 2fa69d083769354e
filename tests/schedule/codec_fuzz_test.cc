// Whatever stands in a record: a value, a failure with a message, never a crash.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "schedule/codec.h"
#include "schedule/ground_truth.h"
#include "schedule/state.h"
#include "schedule/workloads.h"
#include "support/damaged_json.h"

namespace tilewright::schedule {
namespace {

using nlohmann::json;

TEST(Codec, DamagedRecordsAreRefusedOrReplayed) {
  int decoded = 0, replayed = 0;
  std::vector<std::pair<te::DagRef, json>> programs;
  for (const auto& [name, dag] : workloads::all()) {
    const json truth = ground_truth(name);
    for (const char* kind : {"sketches", "samples"})
      for (const json& program : truth[kind]) programs.emplace_back(dag, program["steps"]);
  }
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Rng rng(seed);
    auto [dag, steps] = programs[static_cast<std::size_t>(rng.below(std::ssize(programs)))];
    for (std::int64_t n = rng.between(1, 3); n > 0; --n) support::damage(steps, rng);
    const Result<std::vector<Step>> read = steps_from_json(steps);
    if (!read) {
      EXPECT_FALSE(read.message().empty());
      continue;
    }
    ++decoded;
    const Result<State> state = State::replay(dag, *read);
    if (!state) {
      EXPECT_FALSE(state.message().empty());
      continue;
    }
    ++replayed;
    EXPECT_FALSE(to_text(*state).empty());
  }
  EXPECT_GT(decoded, 300);
  EXPECT_GT(replayed, 50);
}

}  // namespace
}  // namespace tilewright::schedule
