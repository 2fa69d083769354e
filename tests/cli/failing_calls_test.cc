#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "program.h"
#include "small_model.h"

// Every call by which a verb writes files fails once, and from then on, for all calls until the verb is done without
// meeting one. TW_EVERY_FAULT=1 does so for the searches, too, which are otherwise tried a few times only.

namespace tilewright::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecord =
    R"({"i": [["[\"matmul\", 8, 8, 8]", "llvm -keys=cpu", [2, 64, 64, 0, 0, 0, 0, 0], "", 1, []], [[], [["AN", 2, 0, 3]]]], "r": [[2e-06, 4e-06], 0, 0.3, 1795384215], "v": "v0.6"})"
    "\n";

struct Fault {
  const char* call;
  int error;  ///< 0: a write that takes half of what it is given
};
constexpr Fault kFaults[] = {{"open", EACCES}, {"write", ENOSPC}, {"write", EIO},    {"write", 0},
                             {"fsync", EIO},   {"fsync", ENOSPC}, {"rename", EACCES}};

class FailingCalls : public Program {
 protected:
  FailingCalls() {
    write_file(path("m.onnx"), small_model().SerializeAsString());
    write_file(path("a.jsonl"), kRecord);
  }

  /// Runs a verb until no call of the kind is left to fail; `look` is told whether one was, and how it ended.
  template <class Look>
  void sweep(const std::string& arguments, bool in_full, const Look& look) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer must be loaded before everything else";
#endif
    constexpr int kFew = 3;
    const int most = in_full || std::getenv("TW_EVERY_FAULT") != nullptr ? 1'000'000 : kFew;
    for (const Fault& fault : kFaults)
      for (const char* forever : {"0", "1"}) {
        bool failed = true;
        for (int at = 1; failed && at <= most; ++at) {
          SCOPED_TRACE(fmt::format("call {} of {}, error {}, forever {}", at, fault.call, fault.error, forever));
          write_file(path("out"), kRecord);
          const Outcome outcome =
              run(arguments, fmt::format("env LD_PRELOAD={} TW_FAIL_CALL={} TW_FAIL_AT={} TW_FAIL_ERROR={} "
                                         "TW_FAIL_FOREVER={} TW_FAIL_REPORT=failed",
                                         TW_FAILING_CALLS, fault.call, at, fault.error, forever));
          failed = fs::remove(path("failed"));
          faults_ += failed;
          const int expected = failed && fault.error != 0 ? static_cast<int>(Code::cannot_write) : 0;
          EXPECT_EQ(outcome.code, expected) << outcome.err;
          EXPECT_EQ(outcome.err.find("bug"), std::string::npos) << outcome.err;
          look(outcome);
          for (const fs::directory_entry& left : fs::directory_iterator(fs::path(path("out")).parent_path()))
            EXPECT_FALSE(left.path().string().ends_with(".part")) << left.path();
        }
      }
    fmt::print("{}: {} calls failed\n", arguments, faults_);
    EXPECT_GT(faults_, 0);
  }

  /// The verb's output holds all of the old or all of the new, which is told by its size: an .npz says when it was
  /// made.
  void expect_old_or_new(const std::string& arguments) {
    write_file(path("out"), kRecord);
    ASSERT_EQ(run(arguments).code, 0);
    const std::uintmax_t complete = fs::file_size(path("out"));
    sweep(arguments, /*in_full=*/true, [&](const Outcome& outcome) {
      const bool is_old = outcome.code != 0 && read_file(path("out")) == kRecord;
      EXPECT_TRUE(is_old || fs::file_size(path("out")) == complete) << fs::file_size(path("out")) << " bytes";
    });
  }

  /// Nothing that was in the file is lost, and what was added is whole, but for a last line.
  void expect_only_more(const std::string& arguments) {
    sweep(arguments, /*in_full=*/false, [&](const Outcome&) {
      const std::string found = read_file(path("out"));
      EXPECT_TRUE(found.starts_with(kRecord));
      std::istringstream lines(found);
      for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(nlohmann::json::accept(line) || lines.eof()) << line;
    });
  }

 private:
  int faults_ = 0;
};

TEST_F(FailingCalls, LeaveTheOldOrTheNewOfACompiledModel) {
  expect_old_or_new("compile matmul:n=8,m=8,k=8 --untuned -o out");
}
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfARunsOutputs) { expect_old_or_new("run m.onnx --untuned --output out"); }
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfPrunedRecords) { expect_old_or_new("records prune a.jsonl -o out"); }
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfRecordsPrunedInPlace) { expect_old_or_new("records prune out -o out"); }
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfMergedRecords) { expect_old_or_new("records merge a.jsonl out -o out"); }
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfTheBestRecords) { expect_old_or_new("records best a.jsonl -o out"); }
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfExportedRecords) { expect_old_or_new("records export a.jsonl -o out"); }
TEST_F(FailingCalls, LeaveTheOldOrTheNewOfImportedRecords) {
  expect_old_or_new("records import a.jsonl --workload matmul:b=1,n=8,m=8,k=8 -o out");
}
TEST_F(FailingCalls, LoseNoRecordOfASearch) {
  expect_only_more("tune matmul:n=8,m=8,k=8 --trials 3 --records out --fsync --progress none");
}
TEST_F(FailingCalls, LoseNoSample) { expect_only_more("sample matmul:n=8,m=8,k=8 --count 3 --records out"); }

}  // namespace
}  // namespace tilewright::cli
