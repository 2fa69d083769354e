// Graphs as text: what is read is verified, rewritten by the passes, and printed as it is read again.
#include "base/error.h"
#include "graph/passes.h"
#include "mutate_bytes.h"
#include "mutate_text.h"
#include "support/pass_files.h"
#include "target.h"

namespace tilewright::fuzz {

std::vector<std::string> seeds() { return support::pass_programs(TW_TESTS "/graph/passes"); }

void test_one_input(std::string_view input) {
  const Result<graph::Graph> graph = graph::parse(input);
  if (!graph) {
    TW_CHECK(graph.message().starts_with("line "), "{} names no line", graph.message());
    return;
  }
  const Status valid = graph::verify(*graph);
  TW_CHECK(static_cast<bool>(valid), "the graph is not valid: {}", valid.message());
  const std::string printed = graph::to_text(*graph);
  const Result<graph::Graph> again = graph::parse(printed);
  TW_CHECK(static_cast<bool>(again) && graph::to_text(*again) == printed, "{} is not read back", printed);
  graph::optimize(*graph);
}

void mutate_form(std::string& input, Rng& rng) { mutate_text(input, rng); }

}  // namespace tilewright::fuzz
