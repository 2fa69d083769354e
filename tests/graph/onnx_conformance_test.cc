// Every node test of ONNX for the operators that the importer claims, compiled and run. What does not pass is in
// onnx_node_exceptions.txt with its reason; docs/operators.md tells the outcome. TW_BLESS=1 rewrites both, but for what
// the latter says after its tables.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "base/file.h"
#include "graph/onnx/node.h"
#include "graph/onnx_import.h"
#include "onnx_node_case.h"

namespace tilewright::graph {
namespace {

constexpr const char* kExceptions = "tests/graph/onnx_node_exceptions.txt";
constexpr const char* kReport = "docs/operators.md";

std::filesystem::path node_tests() {
  const char* given = std::getenv("TW_ONNX_NODE_TESTS");
  return given ? given : "/usr/share/libonnx-testdata/data/node";
}

struct Row {
  int passed = 0, total = 0;
  std::set<std::string> types;
};

/// The part of a message that says why: without file and node, which come first.
std::string reason_of(const std::string& message) {
  std::string reason = message;
  for (const std::string_view before : {"test_data_set_0: ", ".pb: ", "): "})
    if (const std::size_t at = reason.find(before); at != std::string::npos) reason = reason.substr(at + before.size());
  return reason.substr(0, reason.find("; 'tilewright check'"));
}

std::string joined(const std::set<std::string>& items) { return fmt::format("{}", fmt::join(items, ", ")); }

/// The part of docs/operators.md that is written by hand: what follows the tables.
std::string by_hand(const std::string& document) {
  const std::size_t begin = document.find("\n## What numbers mean");
  return begin == std::string::npos ? "" : document.substr(begin);
}

/// docs/operators.md up to there.
std::string report(const std::map<std::string_view, Row>& rows, const std::map<std::string, std::string>& exceptions) {
  int passed = 0, total = 0;
  std::string table;
  for (const OnnxOperator& op : onnx_operators()) {
    const Row& row = rows.at(op.name);
    passed += row.passed;
    total += row.total;
    table += fmt::format("| {} | {}–{} | {} | {} / {} |\n", op.name, op.first_opset, kNewestOpset, joined(row.types),
                         row.passed, row.total);
  }
  std::string text = fmt::format(
      "# ONNX operators\n\n{} operators are imported. The tests are ONNX's own node tests (release 1.12), each "
      "compiled "
      "to machine code, run, and compared with the expected outputs: {} of {} pass. Types are those of the tests that "
      "pass; operators without tests there have tests of their own in `tests/graph`. The tables are written by the "
      "test: "
      "`TW_BLESS=1 build/tests/graph_test --gtest_filter='OnnxConformance.*'`.\n\n"
      "| operator | opsets | types | tests passed |\n|---|---|---|---|\n{}",
      onnx_operators().size(), passed, total, table);
  text += "\n## Not passed\n\n| test | why |\n|---|---|\n";
  for (const auto& [name, reason] : exceptions) text += fmt::format("| {} | {} |\n", name, reason);
  return text;
}

std::map<std::string, std::string> read_exceptions() {
  std::map<std::string, std::string> exceptions;
  std::ifstream file(kExceptions);
  for (std::string line; std::getline(file, line);)
    if (const std::size_t colon = line.find(": "); colon != std::string::npos)
      exceptions[line.substr(0, colon)] = line.substr(colon + 2);
  return exceptions;
}

TEST(OnnxConformance, NodeTestsOfClaimedOperatorsPassOrAreListedWithTheirReason) {
  std::map<std::string_view, Row> rows;
  for (const OnnxOperator& op : onnx_operators()) rows[op.name] = {};
  const std::map<std::string, std::string> listed = read_exceptions();
  std::map<std::string, std::string> found;
  for (const NodeCase& node_case : list_node_cases(node_tests())) {
    const auto row = rows.find(node_case.op);
    if (row == rows.end()) continue;
    const NodeCaseResult result = run_node_case(node_case);
    ++row->second.total;
    if (result.passed) {
      ++row->second.passed;
      row->second.types.insert(result.types.begin(), result.types.end());
    } else {
      found[node_case.name] = reason_of(result.message);
    }
  }
  if (std::getenv("TW_BLESS")) {
    std::ofstream file(kExceptions);
    for (const auto& [name, reason] : found) file << name << ": " << reason << "\n";
    const std::string tail = by_hand(read_file(kReport));
    std::ofstream(kReport) << report(rows, found) << tail;
    return;
  }
  EXPECT_EQ(found, listed) << "see " << kExceptions;
  EXPECT_EQ(report(rows, found) + by_hand(read_file(kReport)), read_file(kReport))
      << "docs/operators.md is out of date: run with TW_BLESS=1";
}

TEST(OnnxConformance, MissingNodeTestsAreNamedWithTheirPackage) {
  try {
    list_node_cases("/nonexistent");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("libonnx-testdata"), std::string::npos);
  }
}

}  // namespace
}  // namespace tilewright::graph
