#include "backend/api/scheduled_program.h"

#include <gtest/gtest.h>

#include "loop/lower.h"
#include "support/matmul.h"

namespace tilewright::backend {
namespace {

/// Renames every loop program's first buffer, so that it shows, and counts how often it is asked.
class MadeUpBackend : public Backend {
 public:
  loop::Program finish(loop::Program scheduled, const target::TargetSpec& target) const override {
    ++asked;
    scheduled.buffers.front().name = "finished for " + target.cpu;
    return scheduled;
  }
  std::unique_ptr<Compiler> compiler(const target::TargetSpec&, double) const override { return nullptr; }
  std::vector<std::string> required_features(const target::TargetSpec&) const override { return {}; }

  mutable int asked = 0;
};

class ScheduledProgramTest : public testing::Test {
 protected:
  ScheduledProgramTest() {
    const auto target = std::make_shared<Target>();
    target->cpu = "made-up";
    target->backend = &backend_;
    target_ = target;
  }
  static schedule::State state() { return schedule::State::initial(support::matmul(4, 5, 6)); }

  MadeUpBackend backend_;
  TargetRef target_;
};

TEST_F(ScheduledProgramTest, IsFinishedByItsBackendOnce) {
  const ScheduledProgram program(state(), target_);
  EXPECT_EQ(backend_.asked, 0);
  const ScheduledProgram copy = program;
  EXPECT_EQ(copy.program()->buffers.front().name, "finished for made-up");
  EXPECT_EQ(program.program_hash(), loop::structural_hash(*copy.program()));
  EXPECT_EQ(backend_.asked, 1);
  copy.forget_program();
  EXPECT_EQ(program.program()->buffers.front().name, "finished for made-up");
  EXPECT_EQ(backend_.asked, 2);
}

TEST_F(ScheduledProgramTest, WithoutAProgramNeedsNoBackend) {
  schedule::State open = state();
  ASSERT_TRUE(open.apply(schedule::SplitStep{2, 0, 4, {schedule::kUnknown}}));
  const ScheduledProgram program(open, target_);
  EXPECT_FALSE(program.has_bounds());
  EXPECT_EQ(program.program().message(), loop::lower(open).message());
  EXPECT_EQ(backend_.asked, 0);
}

}  // namespace
}  // namespace tilewright::backend
