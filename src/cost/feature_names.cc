#include "cost/feature_names.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "cost/analytic/analytic_features.h"
#include "cost/ansor/features.h"

namespace tilewright::cost {
namespace {

struct Named {
  std::string_view name, meaning;
};

constexpr std::array kOperations{
    Named{"mad", "multiply-adds: always 0"},
    Named{"addsub", "additions and subtractions"},
    Named{"mul", "multiplications"},
    Named{"divmod", "divisions and remainders"},
    Named{"cmp", "comparisons, minima and maxima"},
    Named{"mathfunc", "calls of mathematical functions, and selects"},
    Named{"otherfunc", "other calls: always 0"},
};
constexpr std::array kPositions{
    "kPosNone",        "kPosInnerSpatial", "kPosMiddleSpatial", "kPosOuterSpatial",
    "kPosInnerReduce", "kPosMiddleReduce", "kPosOuterReduce",   "kPosMixed",
};
constexpr std::array kAccess{
    Named{"acc_type.kRead", "flag: only read"},
    Named{"acc_type.kWrite", "flag: only written"},
    Named{"acc_type.kReadWrite", "flag: both"},
    Named{"bytes", "accessed, over all iterations"},
    Named{"unique_bytes", "in the box around what is touched"},
    Named{"lines", "cache lines accessed"},
    Named{"unique_lines", "cache lines in that box"},
    Named{"reuse_type.kLoopMultipleRead", "flag: a loop reads the same again in each iteration"},
    Named{"reuse_type.kSerialMultipleReadWrite", "flag: several statements in a loop access it"},
    Named{"reuse_type.kNoReuse", "flag: neither"},
    Named{"reuse_dis_iter", "iterations between an access and the next to the same element"},
    Named{"reuse_dis_bytes", "bytes touched between them"},
    Named{"reuse_ct", "how often an element is used again"},
    Named{"bytes_d_reuse_ct", "bytes / reuse_ct; twice the bytes if that is 0"},
    Named{"unique_bytes_d_reuse_ct", "unique_bytes / reuse_ct"},
    Named{"lines_d_reuse_ct", "lines / reuse_ct"},
    Named{"unique_lines_d_reuse_ct", "unique_lines / reuse_ct"},
    Named{"stride", "elements between two iterations of the innermost loop"},
};
constexpr std::array kGpu{"blockIdx_x",  "blockIdx_y",  "blockIdx_z", "threadIdx_x",
                          "threadIdx_y", "threadIdx_z", "vthread"};
constexpr std::array kEnd{
    Named{"alloc_size", "bytes of the buffer"},
    Named{"alloc_prod", "its elements times how often it is allocated"},
    Named{"alloc_outer_prod", "iterations of the loops outside its allocation"},
    Named{"alloc_inner_prod", "of those inside"},
    Named{"outer_prod", "iterations of all loops around the statement"},
    Named{"num_loops", "how many loops those are"},
    Named{"auto_unroll_max_step", "limit of the unroll pragma in force"},
};

struct Text {
  std::string name, meaning;
};

void add_annotation(std::vector<Text>& all, std::string_view key, std::string_view word) {
  all.push_back({fmt::format("{}_num", key), fmt::format("{} loops around the statement", word)});
  all.push_back({fmt::format("{}_prod", key), "product of their extents"});
  all.push_back({fmt::format("{}_len", key), "extent of the innermost of them"});
  for (std::string_view position : kPositions)
    all.push_back({fmt::format("{}_type.{}", key, position), position == "kPosNone"    ? "flag: there is none"
                                                             : position == "kPosMixed" ? "flag: there is one"
                                                                                       : "always 0, as in Ansor"});
}

std::vector<Text> ansor_columns() {
  std::vector<Text> all;
  for (std::string_view type : {"float", "int"})
    for (const Named& operation : kOperations)
      all.push_back({fmt::format("{}_{}", type, operation.name), std::string(operation.meaning)});
  all.push_back({"bool_op", "logical operations"});
  all.push_back({"select_op", "always 0: selects count as calls"});
  add_annotation(all, "vec", "vectorized");
  add_annotation(all, "unroll", "loops annotated unroll among the");
  add_annotation(all, "parallel", "parallel");
  all.push_back({"is_gpu", "always 0"});
  for (std::string_view dimension : kGpu) all.push_back({fmt::format("{}_len", dimension), "always log2(2)"});
  for (int b = 0; b < 5; ++b)
    for (const Named& field : kAccess)
      all.push_back({fmt::format("B{}.{}", b, field.name), std::string(field.meaning)});
  for (int i = 0; i < 10; ++i)
    all.push_back({fmt::format("arith_intensity_curve_{}", i),
                   fmt::format("operations per byte touched where {}/10 of the operations are done", i + 1)});
  for (const Named& field : kEnd) all.push_back({std::string(field.name), std::string(field.meaning)});
  return all;
}

const std::vector<Text>& columns() {
  static const std::vector<Text> all = [] {
    std::vector<Text> texts = ansor_columns();
    for (const AnalyticColumn& column : analytic_columns())
      texts.push_back({fmt::format("draft.{}", column.name), std::string(column.meaning)});
    return texts;
  }();
  return all;
}

}  // namespace

const std::vector<std::string>& feature_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Text& column : columns()) all.push_back(column.name);
    return all;
  }();
  return names;
}

std::string features_document() {
  std::string text =
      "# Features\n\n"
      "What the learned cost models see of a program: one row per buffer that it stores to. Columns 0 to 163 are\n"
      "Ansor's, worked out from the bounds of the schedule (`src/cost/ansor`); B0 to B4 are the five buffers that the\n"
      "statement accesses most. They are log2(1 + x) unless they are flags, and equal those of TVM 0.19 but for the\n"
      "integer operations, `unique_lines`, and the cases that `tests/cost/ansor_features_test.cc` names. The rest,\n"
      "`draft.*`, is what the analytic model makes of the loop program that is emitted\n"
      "(`src/cost/analytic/analytic_features.cc`). A test checks this file against the code.\n\n"
      "| column | name | meaning |\n|---|---|---|\n";
  for (std::size_t i = 0; i < columns().size(); ++i)
    text += fmt::format("| {} | `{}` | {} |\n", i, columns()[i].name, columns()[i].meaning);
  return text;
}

}  // namespace tilewright::cost
