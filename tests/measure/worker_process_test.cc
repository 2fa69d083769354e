#include "measure/runner/worker_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/fill_input.h"
#include "support/object_files.h"

namespace tilewright::measure {
namespace {

using ::testing::Test;

constexpr std::int64_t kElements = 1000;
constexpr std::uint64_t kSeed = 3;
constexpr double kTolerance = 4 * 0x1p-24;

/// Of tests/measure/kernels/`name`.c; it defines `kernel`.
std::string kernel_object(std::string_view name) { return support::test_object(std::string(name) + ".c"); }

TaskMessage twice_task() {
  return {{{"x", DType::f32, {10, 100}, false}, {"y", DType::f32, {10, 100}, true}}, kSeed, std::int64_t{64} << 20};
}

ReferenceMessage twice_reference() {
  std::string bytes(kElements * sizeof(float), '\0');
  auto* values = reinterpret_cast<float*>(bytes.data());
  fill_input(DType::f32, values, kElements, kSeed, 0);
  for (std::int64_t i = 0; i < kElements; ++i) values[i] *= 2;
  return {{bytes}, kTolerance};
}

RunSettings settings() {
  RunSettings settings;
  settings.threads = 2;
  settings.timeout_s = 20;  // far beyond what a kernel takes on a busy machine
  return settings;
}

class WorkerProcessTest : public Test {
 protected:
  WorkerProcessTest() : worker_({.program = {}, .grace_s = 20}) {
    worker_.set_task(twice_task(), kTolerance, twice_reference());
  }

  task::Measurement run(std::string_view kernel, const RunSettings& with = settings()) {
    return worker_.run(kernel_object(kernel), "kernel", with);
  }
  void expect_good(std::string_view kernel = "good") {
    const task::Measurement result = run(kernel);
    EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
    EXPECT_FALSE(result.times_s.empty());
    EXPECT_LT(result.time_s(), 1e9);
  }

  WorkerProcess worker_;
};

TEST_F(WorkerProcessTest, TimesAGoodKernelSeveralTimes) {
  const task::Measurement result = run("good");
  EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
  EXPECT_GE(result.times_s.size(), 3U);
  EXPECT_LE(result.times_s.size(), 50U);
  for (const double time_s : result.times_s) EXPECT_GT(time_s, 0);
  EXPECT_FALSE(result.cut_short);
  EXPECT_GT(result.run_s, 0);
}

TEST_F(WorkerProcessTest, GivesKernelsThreadsAndWorkspace) { expect_good("parallel"); }

TEST_F(WorkerProcessTest, ChangesTheNumberOfThreads) {
  RunSettings with = settings();
  for (const int threads : {1, 3, 2}) {
    with.threads = threads;
    EXPECT_EQ(run("parallel", with).error, task::ErrorKind::none);
  }
}

TEST_F(WorkerProcessTest, AllowsForRounding) { expect_good("rounded"); }

TEST_F(WorkerProcessTest, FlushesCachesOnRequest) {
  RunSettings with = settings();
  with.flush_caches = true;
  EXPECT_EQ(run("good", with).error, task::ErrorKind::none);
}

TEST_F(WorkerProcessTest, StopsRepeatingWhenEnoughTimeWasMeasured) {
  RunSettings with = settings();
  with.repetition.max_time_s = 1e-9;
  EXPECT_EQ(run("slow", with).times_s.size(), 1U);
}

TEST_F(WorkerProcessTest, CutsShortWhatIsClearlySlowerThanTheIncumbent) {
  RunSettings with = settings();
  with.repetition.incumbent_s = 1e-6;
  const task::Measurement result = run("slow", with);
  EXPECT_TRUE(result.cut_short);
  EXPECT_EQ(result.times_s.size(), 1U);
  EXPECT_EQ(result.error, task::ErrorKind::none);
}

TEST_F(WorkerProcessTest, DoesNotCutWhatHasNoIncumbent) {
  RunSettings with = settings();
  with.repetition.incumbent_s = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(run("slow", with).cut_short);
}

TEST_F(WorkerProcessTest, RunsWithoutWarmUpOnRequest) {
  RunSettings with = settings();
  with.repetition.max_time_s = 1e-9;
  run("good");
  with.warm_up = false;
  const task::Measurement result = run("good", with);
  EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
  EXPECT_EQ(result.times_s.size(), 1U);
}

struct BadKernel {
  const char* name;
  task::ErrorKind error;
  const char* text;
  bool needs_null = false;  ///< is about an allocation that fails
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kAllocatorEndsTheProcess = true;
#else
constexpr bool kAllocatorEndsTheProcess = false;
#endif

class BadKernels : public WorkerProcessTest, public testing::WithParamInterface<BadKernel> {};

TEST_P(BadKernels, BecomeATypedErrorAndTheNextCandidateStillRuns) {
  if (kAllocatorEndsTheProcess && GetParam().needs_null) GTEST_SKIP() << "a sanitizer's allocator does not return null";
  expect_good();
  const task::Measurement result = run(GetParam().name);
  EXPECT_EQ(result.error, GetParam().error) << to_text(result.error);
  EXPECT_EQ(result.error_text, GetParam().text);
  EXPECT_TRUE(result.times_s.empty());
  EXPECT_EQ(result.time_s(), 1e10);
  expect_good();
}

constexpr BadKernel kBadKernels[] = {
    {"segfault", task::ErrorKind::runtime, "the candidate crashed with SIGSEGV (Segmentation fault)"},
    {"illegal", task::ErrorKind::runtime, "the candidate crashed with SIGILL (Illegal instruction)"},
    {"aborts", task::ErrorKind::runtime, "the candidate crashed with SIGABRT (Aborted); it wrote: something is rotten"},
    {"exits", task::ErrorKind::runtime, "the candidate exited with status 0"},
    {"gibberish", task::ErrorKind::runtime, "the candidate damaged the worker's memory"},
    {"returns_seven", task::ErrorKind::runtime, "the kernel returned 7"},
    {"greedy", task::ErrorKind::runtime, "the kernel found no memory for its workspace", true},
    {"memory_bomb", task::ErrorKind::runtime, "the candidate crashed with SIGSEGV (Segmentation fault)", true},
};
INSTANTIATE_TEST_SUITE_P(All, BadKernels, testing::ValuesIn(kBadKernels),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_F(WorkerProcessTest, StopsAnEndlessKernel) {
  RunSettings with = settings();
  with.timeout_s = 0.25;
  const task::Measurement result = run("endless", with);
  EXPECT_EQ(result.error, task::ErrorKind::run_timeout);
  EXPECT_EQ(result.error_text, "the candidate ran longer than 0.25 s");
  expect_good();
}

TEST(WorkerProcess, KillsAKernelThatDoesNotHearTheAlarm) {
  WorkerProcess worker({.program = {}, .grace_s = 0.5});
  worker.set_task(twice_task(), kTolerance);
  RunSettings with = settings();
  with.timeout_s = 0.2;
  with.repetition.max_time_s = 0.1;
  with.threads = 1;  // another thread would hear it
  const task::Measurement result = worker.run(kernel_object("deaf"), "kernel", with);
  EXPECT_EQ(result.error, task::ErrorKind::run_timeout);
  EXPECT_EQ(result.error_text, "the candidate did not end within 1 s and was killed");
}

TEST_F(WorkerProcessTest, FindsAWrongResultAndSaysWhere) {
  const task::Measurement result = run("wrong");
  EXPECT_EQ(result.error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(result.error_text.find("output y is wrong at [3, 71]: expected "), 0U) << result.error_text;
  EXPECT_NE(result.error_text.find(", found 5 (1 of 1000 elements differ by more than "), std::string::npos)
      << result.error_text;
  expect_good();
}

TEST_F(WorkerProcessTest, FindsAnElementThatIsNotWritten) {
  const task::Measurement result = run("lazy");
  EXPECT_EQ(result.error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(result.error_text.find("output y is wrong at [9, 99]"), 0U) << result.error_text;
}

TEST_F(WorkerProcessTest, FindsAResultThatIsWrongTheSecondTime) {
  const task::Measurement result = run("forgetful");
  EXPECT_EQ(result.error, task::ErrorKind::wrong_answer);
  EXPECT_NE(result.error_text.find("after it was run again"), std::string::npos) << result.error_text;
}

TEST_F(WorkerProcessTest, LeavesResultsUncheckedOnRequest) {
  RunSettings with = settings();
  with.check_results = false;
  EXPECT_EQ(run("wrong", with).error, task::ErrorKind::none);
}

TEST_F(WorkerProcessTest, DoesNotBlameACandidateForWhatAnotherDid) {
  RunSettings eleven_runs = settings();
  eleven_runs.repetition = {.max_time_s = 10, .min_runs = 10, .max_runs = 10};
  EXPECT_EQ(run("spoils_inputs", eleven_runs).error,
            task::ErrorKind::none);  // the next in the process finds changed inputs
  expect_good();
  expect_good();
}

TEST_F(WorkerProcessTest, ReportsAnObjectThatCannotBeLoaded) {
  const task::Measurement result = worker_.run("not an object", "kernel", settings());
  EXPECT_EQ(result.error, task::ErrorKind::compile_host);
  EXPECT_EQ(result.error_text, "object is not an ELF file");
}

TEST_F(WorkerProcessTest, ReportsAMissingSymbol) {
  const task::Measurement result = worker_.run(kernel_object("good"), "other", settings());
  EXPECT_EQ(result.error, task::ErrorKind::compile_host);
  EXPECT_EQ(result.error_text, "object does not define 'other'");
}

TEST_F(WorkerProcessTest, ReportsATaskThatDoesNotFitInMemory) {
  TaskMessage huge = twice_task();
  huge.arguments[0].shape = {std::int64_t{1} << 60};
  worker_.set_task(huge, kTolerance);
  const task::Measurement result = run("good");
  EXPECT_EQ(result.error, task::ErrorKind::runtime);
  EXPECT_EQ(result.error_text, "no memory for the task's arguments");
}

TEST(WorkerProcess, TakesTheFirstValidCandidateForReference) {
  WorkerProcess worker({});
  worker.set_task(twice_task(), kTolerance);
  EXPECT_EQ(worker.run(kernel_object("segfault"), "kernel", settings()).error, task::ErrorKind::runtime);
  EXPECT_FALSE(worker.reference());
  EXPECT_EQ(worker.run(kernel_object("good"), "kernel", settings()).error, task::ErrorKind::none);
  ASSERT_TRUE(worker.reference());
  EXPECT_EQ(worker.reference()->outputs, twice_reference().outputs);
  EXPECT_EQ(worker.run(kernel_object("wrong"), "kernel", settings()).error, task::ErrorKind::wrong_answer);
}

TEST(WorkerProcess, KeepsTheReferenceWhenTheWorkerIsReplaced) {
  WorkerProcess worker({});
  worker.set_task(twice_task(), kTolerance);
  EXPECT_EQ(worker.run(kernel_object("good"), "kernel", settings()).error, task::ErrorKind::none);
  EXPECT_EQ(worker.run(kernel_object("segfault"), "kernel", settings()).error, task::ErrorKind::runtime);
  EXPECT_EQ(worker.run(kernel_object("wrong"), "kernel", settings()).error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(worker.run(kernel_object("good"), "kernel", settings()).error, task::ErrorKind::none);
}

TEST(WorkerProcess, WantsAReferenceWrittenAllOver) {
  WorkerProcess worker({});
  worker.set_task(twice_task(), kTolerance);
  const task::Measurement result = worker.run(kernel_object("lazy"), "kernel", settings());
  EXPECT_EQ(result.error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(result.error_text, "output y was not written at [9, 99]");
}

TEST(WorkerProcess, TakesANewProcessAfterSoManyCandidates) {
  WorkerProcess worker({.program = {}, .most_runs = 3});
  worker.set_task(twice_task(), kTolerance);
  for (int i = 0; i < 7; ++i)
    EXPECT_EQ(worker.run(kernel_object("good"), "kernel", settings()).error, task::ErrorKind::none);
  EXPECT_EQ(worker.started(), 3);
  EXPECT_EQ(worker.run(kernel_object("wrong"), "kernel", settings()).error, task::ErrorKind::wrong_answer)
      << "the new process has no reference";
}

TEST(WorkerProcess, TakesANewProcessWhenItHoldsTooMuch) {
  WorkerProcess worker({.program = {}, .spare_bytes = 1});  // any process holds more
  worker.set_task(twice_task(), kTolerance);
  for (int i = 0; i < 33; ++i)
    EXPECT_EQ(worker.run(kernel_object("good"), "kernel", settings()).error, task::ErrorKind::none);
  EXPECT_EQ(worker.started(), 3);  // but not before 16 candidates have run
}

RemeasureMessage contest_of(const std::vector<std::string_view>& kernels) {
  RemeasureMessage message{{.max_time_s = 0.01, .min_runs = 4, .max_runs = 12}, {}};
  for (std::string_view kernel : kernels)
    message.candidates.push_back({settings(), "kernel", std::string(kernel_object(kernel))});
  return message;
}

TEST_F(WorkerProcessTest, TimesCandidatesInTurns) {
  const std::vector<task::Measurement> results = worker_.remeasure(contest_of({"slow", "good", "parallel"}));
  ASSERT_EQ(results.size(), 3U);
  for (const task::Measurement& result : results) {
    EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
    EXPECT_GE(result.times_s.size(), 4U);
    EXPECT_LE(result.times_s.size(), 12U);
    EXPECT_EQ(result.times_s.size(), results[0].times_s.size());
    EXPECT_GT(result.run_s, 0);
  }
  EXPECT_GT(results[0].time_s(), results[1].time_s());
}

TEST_F(WorkerProcessTest, LeavesWhoFailsOutOfAContest) {
  const std::vector<task::Measurement> results =
      worker_.remeasure(contest_of({"good", "wrong", "forgetful", "returns_seven", "good"}));
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results[0].error, task::ErrorKind::none);
  EXPECT_EQ(results[1].error, task::ErrorKind::wrong_answer);
  EXPECT_EQ(results[2].error, task::ErrorKind::wrong_answer);
  EXPECT_TRUE(results[2].times_s.empty());
  EXPECT_EQ(results[3].error, task::ErrorKind::runtime);
  EXPECT_EQ(results[4].error, task::ErrorKind::none);
}

TEST_F(WorkerProcessTest, HasNoResultsOfAContestThatKillsTheProcess) {
  EXPECT_TRUE(worker_.remeasure(contest_of({"good", "segfault"})).empty());
  expect_good();
  EXPECT_EQ(worker_.remeasure(contest_of({"good", "good"})).size(), 2U);
}

TEST(WorkerProcess, NamesAProgramThatIsNotThere) {
  try {
    WorkerProcess worker({.program = "/nowhere/tilewright-worker"});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
    EXPECT_STREQ(error.what(), "the runner's option 'worker' names /nowhere/tilewright-worker, which is not a program");
  }
}

TEST(WorkerProcess, NamesAProgramThatDoesNotGreet) {
  WorkerProcess worker({.program = "/bin/false"});
  worker.set_task(twice_task(), kTolerance);
  try {
    worker.run(kernel_object("good"), "kernel", settings());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::nothing_measured);
    EXPECT_STREQ(error.what(), "the worker /bin/false did not greet: exited with status 1");
  }
}

/// What is said of a worker that greets with these bytes.
std::string said_of_greeting(const char* hex) {
  setenv("TW_TEST_GREETING", hex, 1);
  std::string said;
  try {
    WorkerProcess worker({.program = TW_LYING_WORKER});
    worker.run("", "honest", settings());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::nothing_measured);
    said = error.what();
  }
  unsetenv("TW_TEST_GREETING");
  return said;
}

TEST(WorkerProcess, NamesBothVersionsIfTheWorkerIsOfAnother) {
  const std::string name = std::string("the worker ") + TW_LYING_WORKER;
  const std::string ours = fmt::format(", this program {}: build or install both together", kProtocolVersion);
  const std::string old =
      "31667774"
      "01000000"
      "0400000000000000"
      "05000000";  // as versions up to 5 greeted
  EXPECT_EQ(said_of_greeting(old.c_str()), name + " speaks protocol 5" + ours);
  EXPECT_EQ(said_of_greeting("7477776b"
                             "e7030000"),
            name + " speaks protocol 999" + ours);
  EXPECT_EQ(said_of_greeting("7477776b"
                             "e7030000"
                             "ffffffffffffff"),
            name + " speaks protocol 999" + ours)
      << "whatever a later version says besides";
  EXPECT_EQ(said_of_greeting("68656c6c6f2c2068656c6c6f"), name + " did not greet: it sent something else");
}

TEST(WorkerProcess, TellsWhatItWasSentThatMakesNoSense) {
  WorkerProcess worker({});
  ReferenceMessage reference = twice_reference();
  reference.outputs.clear();
  worker.set_task(twice_task(), kTolerance, reference);
  const task::Measurement result = worker.run(kernel_object("good"), "kernel", settings());
  EXPECT_EQ(result.error, task::ErrorKind::runtime);
  EXPECT_EQ(result.error_text,
            "the candidate exited with status 76; it wrote: tilewright-worker: the tuner sent a reference without "
            "output y");
}

TEST(WorkerProcess, SaysThatNoWorkerCanBeStartedWithoutFileDescriptors) {
  if (kAllocatorEndsTheProcess) GTEST_SKIP() << "a sanitizer opens a file to know an object's type";
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  WorkerProcess worker({});
  worker.set_task(twice_task(), kTolerance);
  const std::string object = kernel_object("good");
  const rlimit few{5, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  try {
    worker.run(object, "kernel", settings());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::nothing_measured);
    EXPECT_NE(std::string(error.what()).find("cannot start a worker, which runs candidates: no "), std::string::npos)
        << error.what();
  }
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(WorkerProcess, BelievesNoReplyThatCannotBe) {
  WorkerProcess worker({.program = TW_LYING_WORKER});
  worker.set_task(twice_task(), kTolerance, twice_reference());
  for (const char* lie : {"no_times", "nan", "infinity", "negative", "zero", "longer_than_it_took", "too_many",
                          "unknown_error", "outputs_unasked", "garbage", "another_kind", "counts_beyond_the_end"}) {
    const task::Measurement result = worker.run("", lie, settings());
    EXPECT_EQ(result.error, task::ErrorKind::runtime) << lie;
    EXPECT_EQ(result.error_text, "the candidate damaged the worker's memory") << lie;
    EXPECT_TRUE(result.times_s.empty()) << lie;
    EXPECT_EQ(worker.run("", "honest", settings()).error, task::ErrorKind::none) << "after " << lie;
  }
  EXPECT_LE(worker.run("", "long_text", settings()).error_text.size(), 4096U);
}

TEST(WorkerProcess, BelievesNoReferenceOfAnotherSize) {
  WorkerProcess worker({.program = TW_LYING_WORKER});
  worker.set_task(twice_task(), kTolerance);  // the outputs of the first candidate would become the reference
  for (const char* lie : {"honest", "outputs_unasked"})
    EXPECT_EQ(worker.run("", lie, settings()).error, task::ErrorKind::runtime) << lie;
  EXPECT_FALSE(worker.reference());
}

TEST(WorkerProcess, BlamesNoCandidateForThreadsThatTheSystemRefuses) {
  WorkerProcess worker({.program = TW_LYING_WORKER});
  worker.set_task(twice_task(), kTolerance, twice_reference());
  try {
    worker.run("", "no_threads", settings());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::nothing_measured);
    EXPECT_EQ(std::string(error.what()).find("a worker, which runs candidates, cannot start 4 threads, only 1: "), 0U)
        << error.what();
  }
}

TEST(WorkerProcess, AsksAgainWhenItWasStopped) {
  const std::string made =
      (std::filesystem::temp_directory_path() / fmt::format("tilewright_stopped_{}", getpid())).string();
  setenv("TW_TEST_STOPPED_ONCE", made.c_str(), 1);
  WorkerProcess worker({.program = {}, .grace_s = 1});
  worker.set_task(twice_task(), kTolerance, twice_reference());
  RunSettings with = settings();
  with.timeout_s = 0.25;
  const task::Measurement result = worker.run(kernel_object("stops_once"), "kernel", with);
  unsetenv("TW_TEST_STOPPED_ONCE");
  EXPECT_TRUE(std::filesystem::remove(made));
  EXPECT_EQ(result.error, task::ErrorKind::none) << result.error_text;
  EXPECT_EQ(worker.started(), 2);
}

TEST(WorkerProcess, DoesNotBlameACandidateWhoseProcessIsStoppedEachTime) {
  WorkerProcess worker({.program = {}, .grace_s = 0.5});
  worker.set_task(twice_task(), kTolerance, twice_reference());
  RunSettings with = settings();
  with.timeout_s = 0.25;
  with.repetition.max_time_s = 0.1;
  EXPECT_FALSE(worker.run(kernel_object("stops"), "kernel", with).is_measured());
  EXPECT_EQ(worker.run(kernel_object("good"), "kernel", settings()).error, task::ErrorKind::none);
}

}  // namespace
}  // namespace tilewright::measure
