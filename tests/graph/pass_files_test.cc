// What each graph pass makes of small graphs: passes/NAME.txt. TW_BLESS=1 rewrites the files.
#include "support/pass_files.h"

#include <gtest/gtest.h>

#include "graph/passes.h"

namespace tilewright::graph {
namespace {

TEST(GraphPasses, MakeWhatTheirFilesSay) {
  support::expect_pass_files(
      "tests/graph/passes", pass_manager().names(), parse,
      [](const support::PassFile& file, Graph& graph) { pass_manager().run_one(file.pass, graph); });
}

}  // namespace
}  // namespace tilewright::graph
