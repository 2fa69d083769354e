// What prefetch_weights asks for: while a block of weights is read, the lines of the next one, and not much else.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "backend/cpu/passes.h"
#include "base/match.h"
#include "loop/lower.h"
#include "support/matmul.h"
#include "target/processors.h"

namespace tilewright::cpu {
namespace {

using namespace schedule;
using loop::For;

constexpr std::int64_t kLine = 16;  ///< floats

/// i and j are split by rows and columns; j.0 i.0 k i.1 j.1, the first two fused and parallel on request; B in blocks
/// of `columns`.
loop::Program scheduled(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t rows, std::int64_t columns,
                        bool fuse, const char* pragma = "prefetch_constants$1") {
  const te::DagRef dag = support::matmul(m, n, k, true);
  std::vector<Step> steps{SplitStep{2, 0, m, {rows}}, SplitStep{2, 2, n, {columns}}, ReorderStep{2, {2, 0, 4, 1, 3}}};
  if (fuse) {
    steps.push_back(FuseStep{2, {0, 1}});
    steps.push_back(AnnotateStep{2, 0, Annotation::parallel});
  }
  steps.push_back(AnnotateStep{2, fuse ? 2 : 3, Annotation::unroll});
  steps.push_back(AnnotateStep{2, fuse ? 3 : 4, Annotation::vectorize});
  steps.push_back(CacheReadStep{1, kPackedScope, {2}});
  steps.push_back(ComputeAtStep{2, 3, 0});
  steps.push_back(PragmaStep{3, 0, pragma});
  Result<State> state = State::replay(dag, steps);
  EXPECT_TRUE(state) << state.message();
  Result<loop::Program> program = loop::lower(*state);
  EXPECT_TRUE(program) << program.message();
  return std::move(*program);
}

target::TargetSpec avx512() { return *target::parse_target("x86-64-v4"); }

/// Runs the loops around the innermost reductions and tells of every iteration: loads of B, and what is asked for.
class Trace {
 public:
  Trace(const loop::Program& program, std::int64_t block_elements)
      : program_(program), block_elements_(block_elements) {
    run(program.body);
  }
  std::vector<std::int64_t> blocks;                      ///< first element of each block, in the order of reading
  std::map<std::int64_t, std::set<std::int64_t>> asked;  ///< lines, by the block that was being read
  std::int64_t prefetches = 0;

 private:
  std::int64_t at(const loop::AffineExpr& index) const {
    return program_.indices.evaluate(index, [&](int atom) { return values_.at(atom); });
  }
  void run(const loop::Block& block) {
    for (const loop::Stmt& stmt : block)
      match_variant(
          stmt.kind,
          [&](const For& loop) {
            const std::int64_t end = loop.kind == loop::LoopKind::vectorized ? loop.begin + 1 : loop.end;
            for (std::int64_t i = loop.begin; i < end; ++i) {
              values_[loop.var] = i;
              for (const loop::Prefetch& prefetch : loop.prefetches) {
                pending_.push_back(at(prefetch.offset) / kLine);
                ++prefetches;
              }
              run(loop.body);
            }
          },
          [&](const loop::If&) { FAIL(); }, [&](const loop::Store& store) { read(store.value); },
          [](const loop::Allocate&) {});
  }
  void read(loop::ValueId id) {
    match_variant(
        program_.value(id).kind, [](const auto&) {}, [&](const loop::BinaryValue& n) { read(n.a), read(n.b); },
        [&](const loop::LoadValue& n) {
          if (program_.buffer(n.buffer).argument != 1) return;
          const std::int64_t block = at(program_.offset(n.buffer, n.indices)) / block_elements_ * block_elements_;
          if (blocks.empty() || blocks.back() != block) blocks.push_back(block);
          for (const std::int64_t line : pending_) asked[block].insert(line);
          pending_.clear();
        });
  }

  const loop::Program& program_;
  std::int64_t block_elements_;
  std::map<int, std::int64_t> values_;
  std::vector<std::int64_t> pending_;
};

struct Case {
  std::int64_t m, n, k, rows, columns;
  bool fuse;
};

class PrefetchWeights : public ::testing::TestWithParam<Case> {};

TEST_P(PrefetchWeights, AsksForEveryLineOfTheNextBlockWhileABlockIsRead) {
  const Case& c = GetParam();
  const loop::Program program = run_target_passes(scheduled(c.m, c.n, c.k, c.rows, c.columns, c.fuse), avx512());
  const Trace trace(program, c.k * c.columns);
  ASSERT_EQ(trace.blocks.size(), c.n / c.columns);
  const std::int64_t lines = c.k * c.columns / kLine;
  for (std::size_t b = 0; b + 1 < trace.blocks.size(); ++b) {
    const std::set<std::int64_t>& asked = trace.asked.at(trace.blocks[b]);
    std::int64_t missing = 0;
    for (std::int64_t i = 0; i < lines; ++i)
      missing += 1 - static_cast<std::int64_t>(asked.count(trace.blocks[b + 1] / kLine + i));
    EXPECT_LE(missing, 1) << "block " << b;  // the line before the first prefetch of an iteration may be left out
    EXPECT_LE(std::ssize(asked), 2 * lines) << "block " << b;
  }
}

INSTANTIATE_TEST_SUITE_P(All, PrefetchWeights,
                         ::testing::Values(Case{56, 128, 512, 14, 32, false}, Case{56, 128, 512, 14, 32, true},
                                           Case{7, 256, 256, 7, 16, true}, Case{24, 96, 400, 6, 48, false},
                                           Case{196, 64, 1024, 14, 32, true}));

TEST(PrefetchWeights, LeavesSmallTensorsAlone) {
  const auto prefetches = [](std::int64_t n, std::int64_t k) {
    return Trace(run_target_passes(scheduled(56, n, k, 14, 32, false), avx512()), k * 32).prefetches;
  };
  EXPECT_GT(prefetches(128, 512), 0);
  EXPECT_EQ(prefetches(64, 128), 0);  // 32 KiB
}

TEST(PrefetchWeights, LeavesStagesAloneThatSaySo) {
  const auto prefetches = [](const char* pragma) {
    return Trace(run_target_passes(scheduled(56, 128, 512, 14, 32, false, pragma), avx512()), 512 * 32).prefetches;
  };
  EXPECT_GT(prefetches("prefetch_constants$1"), 0);
  EXPECT_EQ(prefetches("prefetch_constants$0"), 0);
}

}  // namespace
}  // namespace tilewright::cpu
