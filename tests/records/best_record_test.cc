#include "records/best_record.h"

#include <gtest/gtest.h>

#include <numeric>

namespace tilewright::records {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

task::Record record(double time_s, std::int64_t unix_time, std::int64_t remeasurement = 0) {
  task::Record record;
  record.result.times_s = {time_s};
  record.unix_time = unix_time;
  record.remeasurement = remeasurement;
  return record;
}

std::optional<std::size_t> best_of(const std::vector<task::Record>& records) {
  std::vector<std::size_t> all(records.size());
  std::iota(all.begin(), all.end(), 0);
  return best_record(records, all);
}

TEST(BestRecord, IsTheFastestWithoutAContest) {
  EXPECT_EQ(best_of({record(3, 1), record(1, 2), record(2, 3)}), 1U);
  EXPECT_EQ(best_of({}), std::nullopt);
}

TEST(BestRecord, IsNeverOneThatFailedOrWasCutShort) {
  task::Record failed = record(1, 1), cut = record(2, 1);
  failed.result.error = task::ErrorKind::wrong_answer;
  cut.result.cut_short = true;
  EXPECT_EQ(best_of({failed, cut, record(3, 1)}), 2U);
  EXPECT_EQ(best_of({failed, cut}), std::nullopt);
}

TEST(BestRecord, WonTheLastContestWhateverWasMeasuredBefore) {
  const std::vector<task::Record> records = {record(0.5, 1),  // lucky, and not in the re-measurement
                                             record(1, 2), record(3, 10, 10 * kSecond), record(2, 10, 10 * kSecond),
                                             record(1, 5, 5 * kSecond)};  // won the one before
  EXPECT_EQ(best_of(records), 3U);
}

TEST(BestRecord, IsWhatWasMeasuredAfterTheContestIfThatIsFaster) {
  const task::Record winner = record(2, 10, 10 * kSecond);
  EXPECT_EQ(best_of({record(1.5, 11), winner}), 0U);
  EXPECT_EQ(best_of({record(2.5, 11), winner}), 1U);
}

TEST(BestRecord, LooksAtItsMembersOnly) {
  const std::vector<task::Record> records = {record(1, 1, 9 * kSecond), record(3, 1), record(2, 1)};
  const std::vector<std::size_t> members = {1, 2};
  EXPECT_EQ(best_record(records, members), 2U);
}

}  // namespace
}  // namespace tilewright::records
