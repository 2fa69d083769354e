// What each loop pass makes of small programs: passes/NAME.txt. TW_BLESS=1 rewrites the files.
#include "support/pass_files.h"

#include <gtest/gtest.h>

#include "loop/passes.h"

namespace tilewright::loop {
namespace {

TEST(LoopPasses, MakeWhatTheirFilesSay) {
  support::expect_pass_files(
      "tests/loop/passes", pass_manager().names(), parse,
      [](const support::PassFile& file, Program& program) { pass_manager().run_one(file.pass, program); });
}

}  // namespace
}  // namespace tilewright::loop
