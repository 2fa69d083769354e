// What each target pass makes of small programs: passes/NAME.txt. TW_BLESS=1 rewrites the files.
#include "support/pass_files.h"

#include <gtest/gtest.h>

#include "backend/cpu/passes.h"
#include "target/processors.h"

namespace tilewright::cpu {
namespace {

TEST(TargetPasses, MakeWhatTheirFilesSay) {
  support::expect_pass_files("tests/backend/cpu/passes", pass_manager().names(), loop::parse,
                             [](const support::PassFile& file, loop::Program& program) {
                               const Result<target::TargetSpec> target = target::parse_target(file.target);
                               ASSERT_TRUE(target) << target.message();
                               pass_manager().run_one(file.pass, program, *target);
                             });
}

}  // namespace
}  // namespace tilewright::cpu
