#include "records/records.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "base/line_reader.h"
#include "base/rng.h"
#include "schedule/codec.h"

namespace tilewright::records {
namespace {

namespace fs = std::filesystem;

/// A directory that lives as long as the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "tw_records_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write_text(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

task::Record good_record() {
  task::Record record;
  record.workload_key = R"(["0123456789abcdef", [4, 4], [4, 4]])";
  record.target = "znver4-00c0ffee";
  record.threads = 2;
  record.steps = {schedule::SplitStep{2, 0, 1024, {4, 4, 4}, true}, schedule::ReorderStep{2, {0, 2, 1}},
                  schedule::FuseStep{2, {0, 1}}, schedule::AnnotateStep{2, 0, schedule::Annotation::parallel},
                  schedule::PragmaStep{2, 0, "auto_unroll_max_step$16"}};
  record.result.times_s = {0.00125, 0.0012500000000000001, 1.0 / 3};
  record.result.compile_s = 0.0105;
  record.result.run_s = 0.02;
  record.unix_time = 1795382942;
  return record;
}

task::Record failed_record() {
  task::Record record = good_record();
  record.result = {};
  record.result.error = task::ErrorKind::wrong_answer;
  record.result.error_text = "output \"y\" is wrong\nat [1, 2]; bytes that are no text: \xff\xfe";
  return record;
}

constexpr const char* kTvmLine =
    R"({"i": [["[\"matmul\", 1024, 1024, 1024]", "llvm -keys=cpu -mcpu=znver4 -num-cores=2", [2, 64, 64, 0, 0, 0, 0, 0], "", 0, []], [[], [["SP", 2, 0, 1024, [4, 4, 4], 1], ["RE", 2, [0, 4, 1, 5, 8, 2, 6, 9, 3, 7]], ["FU", 2, [0, 1, 2]], ["AN", 2, 0, 3], ["PR", 2, 0, "auto_unroll_max_step$16"], ["AN", 2, 7, 2]]]], "r": [[0.0428337], 0, 0.420727, 1795382942], "v": "v0.6"})";

std::string message_of(std::string_view line) {
  const Result<task::Record> record = from_line(line);
  return record ? "a record" : record.message();
}

TEST(RecordLine, KeepsEverything) {
  task::Record record = good_record();
  record.result.cut_short = record.result.same_code = true;
  record.result.trouble = {.speed = 0.5, .memory_speed = 1, .noise = 0.25};
  record.remeasurement = 1790000000123456789;
  record.result.pace = 1.25;
  const Result<task::Record> back = from_line(to_line(record));
  ASSERT_TRUE(back) << back.message();
  EXPECT_EQ(back->workload_key, record.workload_key);
  EXPECT_EQ(back->target, record.target);
  EXPECT_EQ(back->threads, record.threads);
  EXPECT_EQ(schedule::to_json(back->steps), schedule::to_json(record.steps));
  EXPECT_EQ(back->result.times_s, record.result.times_s) << "bit for bit";
  EXPECT_EQ(back->result.compile_s, record.result.compile_s);
  EXPECT_EQ(back->result.run_s, record.result.run_s);
  EXPECT_EQ(back->result.pace, 1.25);
  EXPECT_TRUE(back->result.cut_short);
  EXPECT_TRUE(back->result.same_code);
  EXPECT_EQ(back->remeasurement, 1790000000123456789);
  ASSERT_TRUE(back->result.trouble);
  EXPECT_EQ(back->result.trouble->speed, 0.5);
  EXPECT_EQ(back->result.trouble->noise, 0.25);
  EXPECT_EQ(back->unix_time, record.unix_time);
  EXPECT_EQ(to_line(*back), to_line(record));
}

TEST(RecordLine, KeepsErrorsWithTheirTextWithinOneLine) {
  const std::string line = to_line(failed_record());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Result<task::Record> back = from_line(line);
  ASSERT_TRUE(back) << back.message();
  EXPECT_EQ(back->result.error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(back->result.error_text.find("output \"y\" is wrong\nat [1, 2]"), 0U);
  EXPECT_TRUE(back->result.times_s.empty());
  EXPECT_NE(line.find("[10000000000.0],5,"), std::string::npos) << "as TVM writes a failure: " << line;
}

TEST(RecordLine, PutsOurAdditionsBehindTvmsKeys) {
  const std::string line = to_line(good_record());
  const std::string tvm = to_tvm_line(good_record());
  EXPECT_EQ(line.substr(0, tvm.size() - 1), tvm.substr(0, tvm.size() - 1));
  EXPECT_EQ(line.substr(tvm.size() - 1, 9), R"(, "tw": {)");
  EXPECT_EQ(tvm,
            R"({"i": [["[\"0123456789abcdef\", [4, 4], [4, 4]]","llvm -keys=cpu -mcpu=znver4 -num-cores=2",)"
            R"([2,64,64,0,0,0,0,0],"",0,[]],[[],[["SP",2,0,1024,[4,4,4],1],["RE",2,[0,2,1]],["FU",2,[0,1]],)"
            R"(["AN",2,0,3],["PR",2,0,"auto_unroll_max_step$16"]]]], "r": [[0.00125,0.00125,0.3333333333333333],0,)"
            R"(0.0305,1795382942], "v": "v0.6"})");
}

TEST(RecordLine, ReadsWhatTvmWrote) {
  const Result<task::Record> record = from_line(kTvmLine);
  ASSERT_TRUE(record) << record.message();
  EXPECT_EQ(record->workload_key, R"(["matmul", 1024, 1024, 1024])");
  EXPECT_EQ(record->target, "llvm -keys=cpu -mcpu=znver4 -num-cores=2");
  EXPECT_EQ(record->threads, 2);
  EXPECT_EQ(record->steps.size(), 6U);
  EXPECT_EQ(record->result.times_s, std::vector<double>{0.0428337});
  EXPECT_EQ(record->result.run_s, 0.420727);
  EXPECT_EQ(record->unix_time, 1795382942);
  EXPECT_NE(to_tvm_line(*record).find("\"llvm -keys=cpu -mcpu=znver4 -num-cores=2\""), std::string::npos);
}

TEST(RecordLine, ReadsOlderLinesThatEndTheTaskEarly) {
  const Result<task::Record> record = from_line(
      R"({"i": [["[\"m\", 8]", "llvm"], [[], [["CI", 1]]]], "r": [[1e+10], 7, 10.5, 1600000000], "v": "v0.2"})");
  ASSERT_TRUE(record) << record.message();
  EXPECT_EQ(record->threads, 1);
  EXPECT_EQ(record->result.error, task::ErrorKind::run_timeout);
  EXPECT_EQ(record->result.time_s(), 1e10);
}

TEST(RecordLine, SaysWhatIsWrong) {
  struct Case {
    const char* line;
    const char* message;
  };
  const Case cases[] = {
      {"", "not JSON"},
      {"hello", "not JSON"},
      {R"({"i": [)", "not JSON"},
      {"7", "not a tuning record"},
      {"[]", "not a tuning record"},
      {R"({"input": ["llvm", "conv"], "config": {}, "result": [[1], 0, 1, 1], "version": 0.2})", "not a tuning record"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[1], 0, 1, 1], "v": "v1.0"})", "a record version other than v0"},
      {R"({"i": [["k"], [[], []]], "r": [[1], 0, 1, 1], "v": "v0.6"})", "the task has no workload key or no target"},
      {R"({"i": [[], [[], []]], "r": [[1], 0, 1, 1], "v": "v0.6"})", "the task has no workload key or no target"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [], "v": "v0.6"})",
       "the result is not [[costs], error number, wall time, unix time]"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [1, 0, 1, 1], "v": "v0.6"})",
       "the result is not [[costs], error number, wall time, unix time]"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[1], 9, 1, 1], "v": "v0.6"})",
       "the result has an unknown error number"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[], 0, 1, 1], "v": "v0.6"})", "the result has no cost"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[-1], 0, 1, 1], "v": "v0.6"})",
       "the result has a cost that is not a positive number"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [["1"], 0, 1, 1], "v": "v0.6"})",
       "the result has a cost that is not a positive number"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[1e300], 0, 1, 1], "v": "v0.6"})",
       "the result has a cost that is not a positive number"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[1e-300], 0, 1, 1], "v": "v0.6"})",
       "the result has a cost that is not a positive number"},
      {R"({"i": [["k", "llvm"], [[], []]], "r": [[1], 4294967296, 1, 1], "v": "v0.6"})",
       "the result has an unknown error number"},
  };
  for (const Case& c : cases) EXPECT_EQ(message_of(c.line), c.message) << c.line;
  EXPECT_EQ(message_of(R"({"i": [["k", "llvm"], [[], [["CI"]]]], "r": [[1], 0, 1, 1], "v": "v0.6"})").find("step 0"),
            0U);
  EXPECT_NE(message_of(R"({"i": [["k", "llvm"]], "r": [[1], 0, 1, 1], "v": "v0.6"})"), "a record");
}

TEST(RecordLine, NeverThrowsWhateverIsDamaged) {
  Rng rng(11);
  const std::string ours = to_line(good_record()), pieces = "[]{}\",:0-e9\\\xff n";
  for (int round = 0; round < 20000; ++round) {
    std::string line = rng.chance(0.5) ? ours : kTvmLine;
    for (std::int64_t changes = rng.between(1, 3); changes > 0; --changes) {
      const auto at = static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(line.size())));
      const char piece = pieces[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(pieces.size())))];
      if (rng.chance(0.3))
        line.erase(at, static_cast<std::size_t>(rng.between(1, 20)));
      else
        line[at] = piece;
      if (line.empty()) line = "x";
    }
    EXPECT_NO_THROW(from_line(line)) << line;
  }
  EXPECT_NO_THROW(from_line(std::string(100000, '[')));
}

TEST(RecordLine, NestedDeeplyIsNotRead) {
  std::string line = to_line(good_record());
  line.insert(1, "\"x\": " + std::string(1000000, '[') + std::string(1000000, ']') + ", ");
  EXPECT_EQ(message_of(line), "JSON nested more than 64 deep");
}

TEST(RecordLine, KeepsNoAdditionThatIsOutOfRange) {
  const std::string line =
      R"({"i": [["k", "llvm", [-5]], [[], []]], "r": [[1], 0, 1e300, 18446744073709551615], "v": "v0.6",
      "tw": {"threads": 4294967297, "compile_s": -1, "pace": 0, "contest": 1e30, "machine": {"speed": -7}}})";
  const Result<task::Record> record = from_line(line);
  ASSERT_TRUE(record) << record.message();
  EXPECT_EQ(record->threads, 1);
  EXPECT_EQ(record->result.compile_s, 0);
  EXPECT_EQ(record->result.run_s, 0);
  EXPECT_EQ(record->result.pace, 1);
  EXPECT_EQ(record->remeasurement, 0);
  EXPECT_EQ(record->unix_time, 0);
  EXPECT_EQ(record->result.trouble->speed, task::MachineCheck().speed);
}

TEST(RecordFile, ThatIsMissingIsEmpty) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_records(folder / "none.jsonl").records.empty());
  EXPECT_TRUE(read_records(folder / "no/such/folder.jsonl").skipped.empty());
}

TEST(RecordFile, SkipsAndCountsWhatIsNoRecord) {
  const TemporaryFolder folder;
  const std::string good = to_line(good_record());
  write_text(folder / "r.jsonl", "# a comment\n" + good + "\r\n\n indented\nalien\n{}\n" + good + "\n" + kTvmLine +
                                     "\n" + good.substr(0, good.size() / 2));
  const RecordFile file = read_records(folder / "r.jsonl");
  EXPECT_EQ(file.records.size(), 3U);
  const std::map<std::string, int> skipped = {
      {"comment", 2}, {"not JSON", 1}, {"not a tuning record", 1}, {"torn last line", 1}};
  EXPECT_EQ(file.skipped, skipped);
}

TEST(RecordFile, TakesALastLineThatOnlyLacksItsEnd) {
  const TemporaryFolder folder;
  write_text(folder / "r.jsonl", to_line(good_record()));
  EXPECT_EQ(read_records(folder / "r.jsonl").records.size(), 1U);
}

TEST(RecordFile, KeepsFewReasons) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 100; ++i) {
    std::string steps;
    for (int k = 0; k < i; ++k) steps += R"(["CI", 1],)";
    text += R"({"i": [["k", "llvm"], [[], [)" + steps + R"(["??"]]]], "r": [[1], 0, 1, 1], "v": "v0.6"})" + "\n";
  }
  write_text(folder / "r.jsonl", text);
  const RecordFile file = read_records(folder / "r.jsonl");
  EXPECT_EQ(file.skipped.size(), 16U);
  EXPECT_EQ(file.skipped.at("other reasons"), 85);
}

TEST(RecordFile, RefusesADirectory) {
  const TemporaryFolder folder;
  try {
    read_records(folder / "");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    EXPECT_EQ(error.what(), fmt::format("cannot read records from {}: it is a directory", (folder / "").string()));
  }
}

TEST(RecordFile, RefusesAPipeAtOnce) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  try {
    read_records(folder / "pipe");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    EXPECT_NE(std::string(error.what()).find("it is a pipe"), std::string::npos) << error.what();
  }
}

TEST(RecordFile, KeepsNoLineLongerThanARecordIs) {
  const TemporaryFolder folder;
  write_text(folder / "r.jsonl", to_line(good_record()) + "\n" + std::string(kMostLineBytes + 1, 'x') + "\n");
  const RecordFile file = read_records(folder / "r.jsonl");
  EXPECT_EQ(file.records.size(), 1U);
  EXPECT_EQ(file.skipped.at("too long"), 1);
}

TEST(RecordWriter, AppendsLines) {
  const TemporaryFolder folder;
  const fs::path path = folder / "new/folder/r.jsonl";
  RecordWriter(path).append(good_record());
  {
    RecordWriter writer(path);
    writer.append(failed_record());
    EXPECT_EQ(read_records(path).records.size(), 2U) << "on disk before the writer is gone";
  }
  EXPECT_EQ(text_of(path), to_line(good_record()) + "\n" + to_line(failed_record()) + "\n");
}

TEST(RecordWriter, EndsATornLineFirst) {
  const TemporaryFolder folder;
  write_text(folder / "r.jsonl", R"({"i": [["to)");
  RecordWriter(folder / "r.jsonl").append(good_record());
  const RecordFile file = read_records(folder / "r.jsonl");
  EXPECT_EQ(file.records.size(), 1U);
  EXPECT_EQ(file.skipped.at("not JSON"), 1);
}

TEST(RecordWriter, SharesAFileWithOthers) {
  const TemporaryFolder folder;
  const fs::path path = folder / "r.jsonl";
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      RecordWriter writer(path);
      for (int k = 0; k < 100; ++k) writer.append(good_record());
    });
  }
  for (std::thread& writer : writers) writer.join();
  const RecordFile file = read_records(path);
  EXPECT_EQ(file.records.size(), 400U);
  EXPECT_TRUE(file.skipped.empty());
}

std::string writing_error(const fs::path& path) {
  try {
    RecordWriter(path).append(good_record());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::cannot_write);
    return error.what();
  }
  return "written";
}

TEST(RecordWriter, ReportsAFullDisk) {
  EXPECT_EQ(writing_error("/dev/full"),
            "cannot write records to /dev/full: No space left on device; name another file with --records");
}

TEST(RecordWriter, ReportsADirectory) {
  const TemporaryFolder folder;
  EXPECT_EQ(writing_error(folder / ""),
            fmt::format("cannot write records to {}: Is a directory; name another file with --records",
                        (folder / "").string()));
}

TEST(RecordWriter, ReportsAFolderThatCannotBeMade) {
  const TemporaryFolder folder;
  write_text(folder / "file", "");
  EXPECT_NE(writing_error(folder / "file/r.jsonl").find("Not a directory"), std::string::npos);
}

/// Appends to a file that may grow by `bytes` only, and ends the process: the limit is for good.
[[noreturn]] void append_within(const fs::path& path, std::size_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlim_t most = fs::file_size(path) + bytes;
  const rlimit limit{most, most};
  setrlimit(RLIMIT_FSIZE, &limit);
  std::_Exit(writing_error(path) == "written" ? 1 : 0);
}

TEST(RecordWriter, TakesBackARecordThatDidNotFit) {
  const TemporaryFolder folder;
  const fs::path path = folder / "r.jsonl";
  RecordWriter(path).append(good_record());
  const std::string before = text_of(path);
  EXPECT_EXIT(append_within(path, 10), testing::ExitedWithCode(0), "");
  EXPECT_EQ(text_of(path), before);
}

/// Sets an environment variable, or unsets it with null, until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }

 private:
  void set(const char* value) { value == nullptr ? unsetenv(name_) : setenv(name_, value, 1); }
  const char* name_;
  std::optional<std::string> before_;
};

TEST(DefaultRecordFile, FollowsTheXdgSpecification) {
  const Variable home("HOME", "/home/u");
  {
    const Variable data("XDG_DATA_HOME", "/data");
    EXPECT_EQ(default_record_file(), "/data/tilewright/records.jsonl");
  }
  {
    const Variable data("XDG_DATA_HOME", "relative");
    EXPECT_EQ(default_record_file(), "/home/u/.local/share/tilewright/records.jsonl");
  }
}

TEST(DefaultRecordFile, NeedsAHome) {
  const Variable home("HOME", nullptr);
  const Variable data("XDG_DATA_HOME", nullptr);
  EXPECT_FALSE(find_default_record_file());
  try {
    default_record_file();
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
    EXPECT_STREQ(error.what(), "no place for records: set HOME or XDG_DATA_HOME, or name a file with --records");
  }
}

}  // namespace
}  // namespace tilewright::records
