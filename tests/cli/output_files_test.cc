#include <sys/stat.h>

#include "program.h"
#include "small_model.h"

namespace tilewright::cli {
namespace {

constexpr const char* kRecord =
    R"({"i": [["[\"matmul\", 8, 8, 8]", "llvm -keys=cpu", [2, 64, 64, 0, 0, 0, 0, 0], "", 1, []], [[], [["AN", 2, 0, 3]]]], "r": [[2e-06, 4e-06], 0, 0.3, 1795384215], "v": "v0.6"})";
constexpr const char* kResult =
    R"({"best_s": 1, "input": "matmul:n=8,m=8,k=8", "variant": "a", "seed": 1, "space": "full"})";

/// A folder with a file of each kind that a verb reads.
class OutputFiles : public Program {
 protected:
  OutputFiles() {
    write_file(path("m.onnx"), small_model().SerializeAsString());
    write_file(path("r"), std::string(kRecord) + "\n");
    write_file(path("s.txt"), "trials 1\nseeds 1\nspaces full\ninput matmul:n=8,m=8,k=8\nvariant a\nvariant b\n");
    write_file(path("l.jsonl"), std::string(kResult) + "\n");
    write_file(path("x.npz"), "");
    write_file(path("p.json"), "{}");
    std::filesystem::create_symlink("m.onnx", path("link"));
    std::filesystem::create_hard_link(path("x.npz"), path("hard.npz"));
  }
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> contents;
    for (const char* name : {"m.onnx", "r", "s.txt", "l.jsonl", "x.npz", "p.json"})
      contents[name] = read_file(path(name));
    return contents;
  }
};

struct Clash {
  const char *name, *arguments, *argument, *other;
};
class OutputThatIsAnInput : public OutputFiles, public ::testing::WithParamInterface<Clash> {};

TEST_P(OutputThatIsAnInput, IsRefusedByBothNames) {
  const auto before = contents();
  const Outcome outcome = run(GetParam().arguments);
  expect_failure(outcome, 2, GetParam().argument);
  EXPECT_NE(outcome.err.find(GetParam().other), std::string::npos) << outcome.err;
  EXPECT_EQ(contents(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Of, OutputThatIsAnInput,
    ::testing::Values(
        Clash{"CompileAndItsModel", "compile m.onnx -o m.onnx", "--output names the model itself", "MODEL"},
        Clash{"CompileAndALinkToItsModel", "compile m.onnx -o link", "--output names the model itself", "MODEL"},
        Clash{"CompileAndAModelThroughALink", "compile link -o ./m.onnx", "--output names the model itself", "MODEL"},
        Clash{"CompileAndItsRecords", "compile m.onnx --records r -o r", "--output names the record file itself",
              "--records"},
        Clash{"RunAndItsModel", "run m.onnx --output m.onnx", "--output names the model itself", "MODEL"},
        Clash{"RunAndItsInput", "run m.onnx --input x.npz --output x.npz", "--output names the input file itself",
              "--input"},
        Clash{"RunAndItsSecondInput", "run m.onnx --input r --input x.npz --output hard.npz", "--output", "--input"},
        Clash{"RunAndWhatItExpects", "run m.onnx --expect x.npz --output x.npz", "--output", "--expect"},
        Clash{"RunAndItsRecords", "run m.onnx --records r --output r", "--output", "--records"},
        Clash{"TuneAndItsModel", "tune m.onnx --trials 1 --records ./m.onnx", "--records names the model itself",
              "INPUT"},
        Clash{"ExportAndItsRecords", "records export r -o r", "--output names the record file itself", "FILE"},
        Clash{"ImportAndItsRecords", "records import r --workload matmul:n=8,m=8,k=8 -o r", "--output", "FILE"},
        Clash{"ImportAndItsModel", "records import r --workload m.onnx -o m.onnx", "--output", "--workload"},
        Clash{"ReportAndItsResultsAsPage", "lab report l.jsonl --html l.jsonl", "--html names the result file itself",
              "RESULTS"},
        Clash{"ReportAndItsResultsAsTables", "lab report l.jsonl --markdown l.jsonl", "--markdown", "RESULTS"},
        Clash{"ReportsInOneFile", "lab report l.jsonl --markdown new --html ./new", "--html", "--markdown"},
        Clash{"LabAndItsSuite", "lab run s.txt -o s.txt", "--output names the suite itself", "SUITE"},
        Clash{"LabAndItsSuiteAsRecords", "lab run s.txt --records s.txt", "--records names the suite itself", "SUITE"},
        Clash{"LabAndItsReplay", "lab run s.txt --replay r -o r", "--output", "--replay"},
        Clash{"LabResultsAndRecordsInOneFile", "lab run s.txt -o new --records new", "--output", "--records"},
        Clash{"TrainingAndItsSuite", "lab train s.txt -o s.txt", "--output names the suite itself", "SUITE"},
        Clash{"TrainingAndItsReplay", "lab train s.txt --replay r -o r", "--output", "--replay"},
        Clash{"TrainingAndWhatItContinues", "lab train s.txt --continue p.json -o p.json", "--output", "--continue"}),
    [](const auto& row) { return row.param.name; });

/// Verbs that append to, or rewrite, a file of records or results are given another one.
class OtherContent : public OutputFiles, public ::testing::WithParamInterface<const char*> {};

TEST_P(OtherContent, IsNotAppendedTo) {
  const auto before = contents();
  expect_failure(run(GetParam()), 2, "holds something else than");
  EXPECT_EQ(contents(), before);
}

INSTANTIATE_TEST_SUITE_P(Of, OtherContent,
                         ::testing::Values("tune matmul:n=8,m=8,k=8 --trials 1 --records m.onnx",
                                           "tune matmul:n=8,m=8,k=8 --trials 1 --records l.jsonl",
                                           "sample matmul:n=8,m=8,k=8 --count 1 --records m.onnx",
                                           "lab run s.txt -o m.onnx", "lab run s.txt -o r",
                                           "lab run s.txt -o new --records m.onnx", "records prune s.txt -o s.txt",
                                           "records merge r m.onnx -o m.onnx", "records best l.jsonl -o l.jsonl"));

TEST_F(OutputFiles, AreAsBeforeWhereTheNewDoesNotFit) {
  std::string big;
  for (int i = 0; i < 10; ++i) big += std::string(kRecord) + "\n";
  write_file(path("big"), big);
  const auto before = contents();
  for (const char* arguments : {"compile m.onnx --untuned -o new", "run m.onnx --untuned --output new",
                                "tune matmul:n=8,m=8,k=8 --trials 1 --progress none --records r",
                                "records export big -o new", "records prune big -o r"}) {
    const Outcome outcome = run(arguments, "ulimit -f 1;");
    EXPECT_EQ(outcome.code, 5) << arguments << ": " << outcome.err;
    EXPECT_NE(outcome.err.find("File too large"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(read_file(path("big")), big);
  EXPECT_FALSE(std::filesystem::exists(path("new")));
}

TEST_F(OutputFiles, AreNotMixedWithWhatIsSaidOnAClosedStream) {
  EXPECT_EQ(
      run("tune matmul:n=8,m=8,k=8 --trials 1 --progress json --records new", R"(sh -c 'exec "$0" "$@" <&- 2>&-')")
          .code,
      0);
  EXPECT_EQ(run("records ls new --json").json().at("skipped"), nlohmann::json::object());
}

TEST_F(Program, EndsAsEverIfNobodyCanReadWhatItSays) {
  const std::string full = R"(sh -c 'exec "$0" "$@" 2>/dev/full')";
  EXPECT_EQ(run("records ls none.jsonl", full).code, 3);
  EXPECT_EQ(run("tune matmul:n=8,m=8,k=8 --trials 1 --progress json --records new", full).code, 0);
}

TEST_F(Program, ReportsThatMuchOutputDoesNotFit) {
  expect_failure(run("sample matmul:n=64,m=64,k=64 --count 50 >/dev/full"), 5,
                 "cannot write to standard output: No space left on device");
}

TEST_F(OutputFiles, MayBeNamedLikeAWorkload) {
  EXPECT_EQ(run("tune matmul:n=8,m=8,k=8 --trials 1 --records ./matmul:n=8,m=8,k=8").code, 0);
}

TEST_F(OutputFiles, WritesTwoOutputsIntoOneDevice) {
  EXPECT_EQ(run("sample matmul:n=8,m=8,k=8 --count 1 --records /dev/null").code, 0);
  EXPECT_EQ(run("records export r -o /dev/null").code, 0);
  const Outcome outcome = run("records export r -o /dev/stdout | tail -1");
  EXPECT_EQ(outcome.out, "1 records\n");
}

TEST_F(OutputFiles, ASearchThatWaitsForTheReaderOfItsRecordsEndsAtTheFirstSignal) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const Outcome outcome = run("tune matmul:n=8,m=8,k=8 --trials 3 --records pipe", "timeout -s TERM -k 60 5");
  EXPECT_EQ(outcome.code, 124) << "not ended by the first signal: " << outcome.err;
}

}  // namespace
}  // namespace tilewright::cli
