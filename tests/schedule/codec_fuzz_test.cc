// Whatever stands in a record: a value, a failure with a message, never a crash.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "schedule/codec.h"
#include "schedule/ground_truth.h"
#include "schedule/state.h"
#include "schedule/workloads.h"

namespace tilewright::schedule {
namespace {

using nlohmann::json;

json random_value(Rng& rng) {
  switch (rng.below(8)) {
    case 0:
      return nullptr;
    case 1:
      return "SP";
    case 2:
      return rng.between(-3, 40);
    case 3:
      return 1.5;
    case 4:
      return std::numeric_limits<std::int64_t>::max();
    case 5:
      return std::numeric_limits<std::uint64_t>::max();
    case 6:
      return json::array({rng.between(0, 5), 2});
    default:
      return json::object({{"a", 1}});
  }
}

/// Changes, drops, doubles or moves something somewhere below `value`.
void damage(json& value, Rng& rng) {
  if (!value.is_array() || value.empty()) {
    value = random_value(rng);
    return;
  }
  const auto at = static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(value.size())));
  switch (rng.below(6)) {
    case 0:
      value.erase(at);
      break;
    case 1:
      value.push_back(value[at]);
      break;
    case 2:
      std::swap(value[at], value[value.size() - 1]);
      break;
    default:
      damage(value[at], rng);
  }
}

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
    for (std::int64_t n = rng.between(1, 3); n > 0; --n) damage(steps, rng);
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
