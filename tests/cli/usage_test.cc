#include "cli/verb.h"
#include "program.h"

namespace tilewright::cli {
namespace {

TEST_F(Program, ExplainsEveryVerbWithAnExample) {
  for (const Verb& verb : verbs()) {
    const Outcome outcome = run(std::string(verb.name) + " --help");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.out.find(verb.example), std::string::npos) << outcome.out;
    for (const char* flag : {"--json", "--threads", "--seed", "--verbose", "--quiet"})
      EXPECT_NE(outcome.out.find(flag), std::string::npos) << verb.name << " has no " << flag;
  }
}

TEST_F(Program, TellsItsVersion) { EXPECT_TRUE(run("--version").out.starts_with("tilewright ")); }

struct BadUsage {
  const char *name, *arguments, *message;
};
class Usage : public Program, public ::testing::WithParamInterface<BadUsage> {};
TEST_P(Usage, IsRefused) { expect_failure(run(GetParam().arguments), 2, GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Of, Usage,
    ::testing::Values(BadUsage{"NoVerb", "", "A subcommand is required; see tilewright --help"},
                      BadUsage{"AnUnknownVerb", "tunee x.onnx",
                               "there is no verb tunee; verbs are machine, workloads, check, tasks,"},
                      BadUsage{"AnUnknownFlag", "machine --frobnicate", "--frobnicate; see tilewright machine --help"},
                      BadUsage{"AMissingModel", "check", "MODEL is required; see tilewright check --help"},
                      BadUsage{"AMissingOutput", "compile x.onnx", "--output is required"},
                      BadUsage{"NoThreads", "machine --threads 0", "--threads"},
                      BadUsage{"ANegativeSeed", "machine --seed -1", "--seed"},
                      BadUsage{"NoTrials", "tune x.onnx --trials 0", "--trials"},
                      BadUsage{"ABudgetThatIsNoTime", "tune x.onnx --budget soon",
                               "'soon' is not a time; write it like 90s, 10m or 1h30m"},
                      BadUsage{"ABudgetOfZero", "tune x.onnx --budget 0s", "'0s' is not a time"},
                      BadUsage{"ABudgetWithoutEnd", "tune x.onnx --budget 1e308h", "'1e308h' is not a time"},
                      BadUsage{"ANegativeBudget", "tune x.onnx --budget=-5s", "'-5s' is not a time"},
                      BadUsage{"HalfATrial", "tune x.onnx --trials 0.5", "--trials"},
                      BadUsage{"AShareOfZero", "tune x.onnx --until 0%", "'0%' is not a share"},
                      BadUsage{"AGainThatIsNoShare", "tune x.onnx --min-gain much",
                               "'much' is not a share of the time to win in a minute; write it like 95%"},
                      BadUsage{"QuietProgress", "tune x.onnx -q --progress plain",
                               "--quiet shows no progress, --progress plain does; give one of them"},
                      BadUsage{"APresetWithAnotherSpace", "tune x.onnx --preset ansor --space full",
                               "--preset ansor searches the space ansor, not full; leave out one of the two"},
                      BadUsage{"AnImpossibleShare", "tune x.onnx --until 120%",
                               "'120%' is not a share of the machine's peak; write it like 95%"},
                      BadUsage{"AnUnknownPreset", "tune x.onnx --preset fast", "fast not in {default,ansor}"},
                      BadUsage{"AnUnknownProgress", "tune x.onnx --progress loud", "loud not in"},
                      BadUsage{"AShapeWithoutName", "tasks x.onnx --shape 1x3x224x224",
                               "'1x3x224x224' is not a shape; write it like input:1x3x224x224"},
                      BadUsage{"AShapeBelowZero", "tasks x.onnx --shape x:1x-1", "'x:1x-1' is not a shape"},
                      BadUsage{"RecordsForAnUntunedModel", "compile x.onnx -o y --records r --untuned", "--untuned"},
                      BadUsage{"AnEndlessTolerance", "run x.onnx --rtol inf", "'inf' is not a number from 0 to 1e+300"},
                      BadUsage{"AToleranceThatIsNoNumber", "run x.onnx --atol nan", "'nan' is not a number"},
                      BadUsage{"AnErrorThatIsNoNumber", "tasks x.onnx --max-error nan",
                               "'nan' is not a number from 0 to 1"},
                      BadUsage{"SecondsThatAreNoNumber", "bench x.onnx --seconds nan", "'nan' is not a number"},
                      BadUsage{"AnEmptyFile", "run x.onnx --records ''", "--records is empty"},
                      BadUsage{"AnEmptyModel", "check ''", "MODEL is empty"},
                      BadUsage{"AnEmptyFileOfASubcommand", "records ls ''", "FILE is empty"},
                      BadUsage{"ANegativeTolerance", "run x.onnx --rtol -1", "--rtol"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tilewright::cli
