// Our features of the real Ansor's samples against those that it computes itself (tests/cost/ansor, made by
// scripts/ground_truth/features.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include "cost/ansor/features.h"
#include "cost/feature_names.h"
#include "schedule/codec.h"
#include "schedule/ground_truth.h"
#include "schedule/workloads.h"

namespace tilewright::cost::ansor {
namespace {

using Values = std::array<float, kColumns>;
constexpr std::size_t kAccesses = 57, kAccessColumns = 18, kBuffers = 5;

nlohmann::json real_features(const std::string& name) {
  std::ifstream file("tests/cost/ansor/" + name + ".json");
  if (!file) throw std::runtime_error("no features of " + name);
  return nlohmann::json::parse(file);
}

/// Buffers whose rows differ, and why.
const std::map<std::string, std::set<std::string>>& exceptions() {
  // The real one trims a padded stage at root to what is read; ours computes the whole of its tensor.
  static const std::map<std::string, std::set<std::string>> known{
      {"conv1d_nlc", {"PadInput"}},
      {"conv2d_transpose_nhwc", {"PadInput"}},
      {"max_pool2d_nhwc", {"pad_temp"}},
      {"max_pool2d_nchw_cores20", {"pad_temp"}},
      // Trimmed padding; and (c.0 * 16 + c.1 * 4 + c.2) / 32 loses c.1 and c.2 in TVM's simplifier, not in ours.
      {"group_conv2d_nchw", {"pad_temp", "group_conv2d_nchw.local"}},
      // A result without dimensions has one of length 1 in TVM, whose constant index its stride walk stumbles over.
      {"reduce_sum_all", {"x_red", "x_red.repl"}}};
  return known;
}

bool is_excepted(const std::string& workload, const std::string& buffer) {
  const auto found = exceptions().find(workload);
  return found != exceptions().end() && found->second.contains(buffer);
}

/// Columns that are not compared: operations on integers are those of TVM's simplified expressions, and it takes
/// `unique_lines` from the region of a buffer that depends on where in memory its objects lie.
bool is_compared(std::size_t column) {
  if (column >= 7 && column < 14) return false;
  if (column < kAccesses || column >= kAccesses + kBuffers * kAccessColumns) return true;
  const std::size_t field = (column - kAccesses) % kAccessColumns;
  return field != 6 && field != 16;
}

/// Puts the buffers in an order that does not depend on how ties are broken.
Values ordered(Values row) {
  std::array<std::array<float, kAccessColumns>, kBuffers> parts;
  for (std::size_t b = 0; b < kBuffers; ++b)
    std::copy_n(row.begin() + kAccesses + kAccessColumns * b, kAccessColumns, parts[b].begin());
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    const auto key = [](const auto& p) {
      const auto rounded = [&](std::size_t i) { return std::round(p[i] * 100); };
      return std::array{rounded(3), rounded(4), p[0], p[1], rounded(12), rounded(10)};
    };
    return key(a) > key(b);
  });
  for (std::size_t b = 0; b < kBuffers; ++b)
    std::copy_n(parts[b].begin(), kAccessColumns, row.begin() + kAccesses + kAccessColumns * b);
  return row;
}

std::vector<std::size_t> differences(const Values& ours, const Values& real) {
  std::vector<std::size_t> columns;
  for (std::size_t c = 0; c < kColumns; ++c)
    if (is_compared(c) && std::abs(ours[c] - real[c]) > 1e-3) columns.push_back(c);
  return columns;
}

class AnsorFeatures : public testing::TestWithParam<std::string> {
 protected:
  std::vector<Values> real_rows(const nlohmann::json& sample) const {
    std::vector<Values> rows;
    for (const nlohmann::json& row : sample) rows.push_back(ordered(row.get<Values>()));
    return rows;
  }

  /// Compares a row with the one of TVM's rows, whose order means nothing, that is most like it, and takes that away.
  void compare(const Row& row, const std::string& buffer, std::vector<Values>& real) const {
    const Values ours = ordered(row.values);
    const auto best = std::min_element(real.begin(), real.end(), [&](const Values& a, const Values& b) {
      return differences(ours, a).size() < differences(ours, b).size();
    });
    ASSERT_NE(best, real.end());
    if (!is_excepted(GetParam(), buffer))
      for (std::size_t c : differences(ours, *best))
        ADD_FAILURE() << buffer << " " << feature_names()[c] << ": " << ours[c] << ", in TVM " << (*best)[c];
    real.erase(best);
  }
};

TEST_P(AnsorFeatures, AreTheRealOnes) {
  const nlohmann::json truth = ground_truth(GetParam()), real = real_features(GetParam());
  for (std::size_t s = 0; s < real.size(); ++s) {
    SCOPED_TRACE("sample " + std::to_string(s));
    const auto state = schedule::State::replay(workloads::all().at(GetParam()),
                                               *schedule::steps_from_json(truth["samples"][s]["steps"]));
    ASSERT_TRUE(state) << state.message();
    const Result<loop::Bounds> bounds = loop::infer_bounds(*state);
    ASSERT_TRUE(bounds) << bounds.message();
    const std::vector<Row> ours = features(*state, *bounds);
    std::vector<Values> rows = real_rows(real[s]);
    ASSERT_EQ(ours.size(), rows.size());
    for (const Row& row : ours) compare(row, bounds->program.buffer(row.buffer).name, rows);
  }
}

TEST(AnsorFeatureNames, AreTheRealOnes) {
  const nlohmann::json real = real_features("names");
  ASSERT_EQ(real.size(), static_cast<std::size_t>(kColumns));
  for (std::size_t c = 0; c < kColumns; ++c) EXPECT_EQ(feature_names()[c], real[c]);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& [name, dag] : workloads::all()) names.push_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Workloads, AnsorFeatures, testing::ValuesIn(names()),
                         [](const auto& workload) { return workload.param; });

}  // namespace
}  // namespace tilewright::cost::ansor
