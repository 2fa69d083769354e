#include "cost/analytic/analytic_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cost/feature_names.h"
#include "cost/programs.h"

namespace tilewright::cost {
namespace {

/// Column `name` of the row of buffer `buffer`.
double feature(const loop::Program& program, const std::string& buffer, std::string_view name) {
  const Machine machine = test_machine();
  const Analysis analysis(program, machine);
  const auto columns = analytic_columns();
  for (const AnalyticRow& row : analytic_features(analysis, machine))
    for (std::size_t c = 0; c < kDraftColumns; ++c)
      if (program.buffer(row.buffer).name == buffer && columns[c].name == name) return row.values[c];
  ADD_FAILURE() << "no column " << name << " of a buffer " << buffer;
  return 0;
}

TEST(AnalyticFeatures, DescribeTheRegisterTileOfAMatmul) {
  // 512 x 512 x 512, tile of 8 rows by 32 columns: two vectors of 16, 16 accumulators; 2 vectors of B and 1 of A wait.
  const loop::Program program = lowered_matmul(512, 512, 512, {.rows = 8, .columns = 32, .steps = 1});
  const auto of = [&](std::string_view name) { return feature(program, "C.local", name); };
  EXPECT_EQ(of("accumulators"), 16);
  EXPECT_EQ(of("tile_rows"), std::log2(9.0F));
  EXPECT_EQ(of("tile_vectors"), 2);
  EXPECT_EQ(of("lanes"), 32);
  EXPECT_EQ(of("lane_use"), 1);
  EXPECT_EQ(of("is_vector_multiple"), 1);
  EXPECT_EQ(of("spills"), 0);
  EXPECT_EQ(of("is_update"), 1);
  EXPECT_EQ(of("fused"), 1);
  EXPECT_EQ(of("simple"), 0);
  EXPECT_EQ(of("broadcasts"), 1);  // of A
  EXPECT_EQ(of("gathers"), 0);
  EXPECT_EQ(of("steady_reduces"), 1);
  EXPECT_FLOAT_EQ(static_cast<float>(of("elements")), std::log2(1 + 512.0F * 512 * 512));
  EXPECT_EQ(of("cores_share"), 1);
  EXPECT_FLOAT_EQ(static_cast<float>(of("parallel_iterations")), std::log2(1 + (512.0F / 32) * (512 / 128)));
  EXPECT_EQ(of("is_local"), 1);
  EXPECT_EQ(of("leaves"), 2);  // initialisation and update
  EXPECT_FLOAT_EQ(static_cast<float>(of("buffer_bytes")), std::log2(1 + 8.0F * 32 * 4));
}

TEST(AnalyticFeatures, SeeLanesThatCarryNothing) {
  const loop::Program program = lowered_matmul(512, 480, 512, {.columns = 24, .column_blocks = 1});
  EXPECT_EQ(feature(program, "C.local", "is_vector_multiple"), 0);
  EXPECT_EQ(feature(program, "C.local", "lane_use"), 0.75);  // one vector of 16 and one of 8
}

TEST(AnalyticFeatures, SeeAccumulatorsBeyondTheRegisterFile) {
  const loop::Program program =
      lowered_matmul(512, 512, 512, {.rows = 8, .columns = 128, .steps = 1, .column_blocks = 1});
  EXPECT_EQ(feature(program, "C.local", "accumulators"), 64);
  EXPECT_GT(feature(program, "C.local", "register_share"), 2);
  EXPECT_GT(feature(program, "C.local", "spills"), 0);
}

TEST(AnalyticFeatures, HaveRowsWhoseCyclesAddUpToTheEstimate) {
  const loop::Program program = lowered_matmul(96, 64, 128, {});
  const Machine machine = test_machine();
  const Analysis analysis(program, machine);
  double sum = 0;
  for (const AnalyticRow& row : analytic_features(analysis, machine)) sum += row.cycles;
  EXPECT_NEAR(sum, estimate(program, machine).cycles, 1e-9 * sum);
}

TEST(AnalyticFeatures, AreFinite) {
  for (bool vectorize : {false, true}) {
    const loop::Program program = lowered_matmul(70, 50, 30, {.rows = 3, .columns = 7, .vectorize = vectorize});
    const Machine machine = test_machine();
    const Analysis analysis(program, machine);
    for (const AnalyticRow& row : analytic_features(analysis, machine))
      for (std::size_t c = 0; c < kDraftColumns; ++c)
        EXPECT_TRUE(std::isfinite(row.values[c])) << analytic_columns()[c].name;
  }
}

TEST(Features, AreDocumented) {
  constexpr const char* kDocument = "docs/features.md";
  if (std::getenv("TW_BLESS")) std::ofstream(kDocument) << features_document();
  std::ifstream file(kDocument);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), features_document()) << kDocument << " is out of date: run with TW_BLESS=1";
}

}  // namespace
}  // namespace tilewright::cost
