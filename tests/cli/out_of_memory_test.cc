// Every verb without enough memory: it ends by itself, says so, and what was there is there still.

#include <fmt/ranges.h>
#include <sched.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/rng.h"
#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // sanitizers take terabytes of address space
#else
constexpr bool kSanitized = false;
#endif

constexpr std::int64_t kKiB = 1 << 10, kMiB = 1 << 20;

class WithoutMemory : public Program {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "a sanitizer has an allocator of its own";
    std::ofstream(path("m.onnx"), std::ios::binary) << small_model(16, 16).SerializeAsString();
    ASSERT_EQ(run("compile m.onnx --untuned -o m.tw").code, 0);
    ASSERT_EQ(run("tune matmul:n=16,m=16,k=16 --trials 2 --records r.jsonl").code, 0);
    ASSERT_EQ(run("compile matmul:n=2048,m=2048,k=64 --untuned -o large.tw").code, 0);
    ASSERT_EQ(run("run m.onnx --untuned --output y.npz").code, 0);
  }
  Outcome run_within(std::int64_t bytes, const std::string& arguments) const {
    return run(arguments, fmt::format("prlimit --as={} --core=0", bytes));
  }
  /// Less by a page or two, and the program's libraries can't be loaded, or one of them ends it before it begins.
  std::int64_t least_to_load() const {
    const auto begins = [&](std::int64_t bytes) {
      const int code = run_within(bytes, "--version").code;
      return code == 0 || code == 6;
    };
    std::int64_t too_little = 0, enough = 64 * kMiB;
    while (!begins(enough)) too_little = enough, enough *= 2;
    while (enough - too_little > 8 * kKiB) {
      const std::int64_t between = (too_little + enough) / 2;
      (begins(between) ? enough : too_little) = between;
    }
    return enough;
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path(""))) names.insert(entry.path().filename());
    return names;
  }
};

const char* const kVerbs[] = {
    "machine",
    "workloads",
    "check m.onnx",
    "check m.tw",
    "tasks m.onnx",
    "sketches matmul:n=16,m=16,k=16",
    "sample matmul:n=16,m=16,k=16 --count 3",
    "compile m.onnx --untuned -o o.tw",
    "run m.onnx --untuned --expect y.npz",
    "run m.tw --output o.npz",
    "run large.tw --output o.npz",
    "bench matmul:n=2048,m=2048,k=64 --untuned --seconds 0.01",
    "bench m.tw --seconds 0.01",
    "explain matmul:n=16,m=16,k=16 --untuned",
    "records ls r.jsonl",
    "records best r.jsonl",
    "records merge r.jsonl -o o.jsonl",
    "tune matmul:n=16,m=16,k=16 --trials 2 --records o.jsonl",
    "doctor",
};

TEST_F(WithoutMemory, EndsEveryVerbWithAMessageAndItsOwnCode) {
  const std::int64_t least = least_to_load();
  std::set<std::string> verbs_without;
  for (const char* verb : kVerbs) {
    for (std::int64_t more = 0; more <= 4096 * kMiB; more = more * 2 + 2 * kMiB) {
      SCOPED_TRACE(fmt::format("{} within {} MiB", verb, (least + more) / kMiB));
      const Outcome outcome = run_within(least + more, verb);
      if (outcome.code == 6) {
        EXPECT_NE(outcome.err.find("out of memory"), std::string::npos) << outcome.err;
        verbs_without.insert(verb);
      }
      EXPECT_TRUE(outcome.code >= 0 && outcome.code <= 6 && outcome.code != 3) << outcome.code << ": " << outcome.err;
      if (outcome.code == 0) break;
    }
  }
  // The allocator takes its first 32 MiB, which are enough for many verbs, before the program begins. The others show
  // that the limits are tight; FailingAllocation has every verb without memory.
  EXPECT_TRUE(verbs_without.contains("run large.tw --output o.npz")) << fmt::format("{}", verbs_without);
}

#ifdef TILEWRIGHT_FAIL_ALLOCATION

/// How a verb ends whose allocations fail one by one: the last line of fail_allocation's report, as {"exit 6": 40}.
struct Endings {
  long allocations = 0, children = 0;
  std::map<std::string, int> by_kind;
};

Endings endings_of(const std::string& report) {
  Endings endings;
  const std::size_t begin = report.rfind("allocations ");
  if (begin == std::string::npos) ADD_FAILURE() << report;
  std::istringstream words(report.substr(std::min(begin, report.size())));
  std::string word, number;
  words >> word >> endings.allocations >> word >> endings.children;
  for (int count; words >> word >> number >> count;)
    endings.by_kind[word + " " + number.substr(0, number.size() - 1)] = count;
  return endings;
}

class FailingAllocation : public WithoutMemory {
 protected:
  /// On one core, so that what runs in threads runs one after the other.
  Outcome run_failing(const std::string& mode, const std::string& arguments) const {
    return run(arguments, fmt::format("taskset -c {} {} {}", sched_getcpu(), TILEWRIGHT_FAIL_ALLOCATION, mode));
  }
};

TEST_F(FailingAllocation, EndsEveryVerbInOrderWhereverItIs) {
  constexpr long kChildren = 24;
  for (const std::string verb : {"check m.onnx", "check m.tw", "tasks m.onnx", "sketches matmul:n=16,m=16,k=16",
                                 "sample matmul:n=16,m=16,k=16 --count 3", "compile m.onnx --untuned -o m2.tw",
                                 "run m.onnx --untuned --threads 1 --expect y.npz", "run m.tw --threads 1",
                                 "explain matmul:n=16,m=16,k=16 --untuned", "records ls r.jsonl",
                                 "records best r.jsonl", "records merge r.jsonl r.jsonl -o r2.jsonl"}) {
    SCOPED_TRACE(verb);
    run(verb);  // makes the outputs, which are not to be lost
    const std::set<std::string> before = files();
    const Endings counted = endings_of(run_failing("--count", verb).err);
    const Outcome outcome = run_failing(fmt::format("--fork {}", counted.allocations / kChildren + 1), verb);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const Endings endings = endings_of(outcome.err);
    EXPECT_GT(endings.children, kChildren / 2);
    for (const auto& [kind, count] : endings.by_kind)
      EXPECT_TRUE(kind == "exit 0" || kind == "exit 6") << count << " times " << kind;
    EXPECT_EQ(files(), before);
  }
}

TEST_F(FailingAllocation, EndsATuneInOrderAndKeepsItsRecords) {
  const std::string verb = "tune matmul:n=16,m=16,k=16 --trials 4 --threads 1 --records r.jsonl";
  const std::string kept = read_file(path("r.jsonl"));
  const long allocations =
      endings_of(run_failing("--count", "tune matmul:n=16,m=16,k=16 --trials 4 --threads 1 --records c.jsonl").err)
          .allocations;
  ASSERT_GT(allocations, 1000);
  Rng rng(1);
  for (int i = 0; i < 12; ++i) {
    const std::string mode = fmt::format("{} {}", i % 4 == 3 ? "--from" : "--only", rng.between(1, allocations));
    SCOPED_TRACE(mode);
    write_file(path("r.jsonl"), kept);
    const Outcome outcome = run_failing(mode, verb);
    EXPECT_TRUE(outcome.code == 0 || outcome.code == 4 || outcome.code == 6) << outcome.code << ": " << outcome.err;
    EXPECT_TRUE(read_file(path("r.jsonl")).starts_with(kept));
  }
}

#endif

}  // namespace
}  // namespace tilewright::cli
