#include "cli/program.h"

namespace tilewright::cli {
namespace {

/// The verbs `workloads`, `sketches` and `sample`, and workloads in the place of models.
class Space : public Program {
 protected:
  nlohmann::json json_of(const std::string& arguments) const {
    const Outcome outcome = run(arguments + " --json");
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.json();
  }
};

TEST_F(Space, WorkloadsAreListedWithSpecAndFlops) {
  const nlohmann::json list = json_of("workloads").at("workloads");
  EXPECT_GT(list.size(), 70u);
  EXPECT_EQ(list[0].at("name"), "gmm_1024");
  EXPECT_EQ(list[0].at("flops"), 2147483648.0);
  EXPECT_EQ(list[0].at("spec"), "matmul:b=1,n=1024,m=1024,k=1024");
}

TEST_F(Space, SketchesOfTheAnsorSpaceAreFewerThanOfTheFullOne) {
  const std::string workload = "matmul:n=64,m=64,k=64";
  const nlohmann::json ansor = json_of("sketches " + workload + " --space ansor").at("sketches");
  const nlohmann::json full = json_of("sketches " + workload).at("sketches");
  EXPECT_EQ(ansor.size(), 3u);
  EXPECT_GT(full.size(), ansor.size());
  EXPECT_EQ(json_of("sketches " + workload + " --space full,no-packing").at("sketches").size(), ansor.size());
  EXPECT_TRUE(ansor[0].at("steps")[0][4][0].is_null());  // a length that is open
}

TEST_F(Space, SampleIsDecidedByTheSeed) {
  const std::string sample = "sample conv2d:h=8,ci=8,co=16,k=3,pad=1 --count 3 --seed ";
  const nlohmann::json first = json_of(sample + "1");
  EXPECT_EQ(first.at("states").size(), 3u);
  for (const nlohmann::json& state : first.at("states")) EXPECT_TRUE(state.at("legal")) << state.at("reason");
  EXPECT_EQ(first, json_of(sample + "1"));
  EXPECT_NE(first, json_of(sample + "2"));
}

TEST_F(Space, AWorkloadIsBenchedLikeAModel) {
  const nlohmann::json report = json_of("bench matmul:n=64,m=64,k=64 --untuned --seconds 0.05");
  EXPECT_EQ(report.at("flops"), 2.0 * 64 * 64 * 64);
  EXPECT_GT(report.at("median_s"), 0.0);
}

TEST_F(Space, ErrorsSayWhatIsWrong) {
  expect_failure(run("sketches gemm_1024"), 3, "neither a named workload nor an operator");
  expect_failure(run("sample conv2d:h=8,ci=8,co=16,k=9"), 3, "does not fit");
  expect_failure(run("tune matmul:n=64,m=64"), 3, "k is missing");
  expect_failure(run("sample gmm_1024 --space half"), 2, "space half is not known");
  expect_failure(run("sample gmm_1024 --space full,no-luck"), 2, "no-luck is not known");
  expect_failure(run("sample gmm_1024 --count 0"), 2, "--count");
}

}  // namespace
}  // namespace tilewright::cli
