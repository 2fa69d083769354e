// Operators over an axis (reductions, positions of extremes, normalizations, running sums) on NaN, infinities, zeros,
// denormals, the least and the largest numbers of each type, however they are computed, against ONNX's definitions.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <functional>

#include "special_values.h"

namespace tilewright::graph {
namespace {

using Row = std::vector<Real>;
using Types = std::vector<DType>;
using Number = std::function<Real(DType, const Row&)>;
using Numbers = std::function<Row(DType, const Row&)>;

const Types kFloats{DType::f32, DType::f64}, kWhole{DType::i32, DType::i64},
    kNumbers{DType::f32, DType::f64, DType::i32, DType::i64};
constexpr std::size_t kLength = 37;  ///< of rows: two vectors of 16 and a tail

Real largest_of(DType type) { return type == DType::f64 ? Real(DBL_MAX) : Real(FLT_MAX); }

/// Rows of ordinary numbers with one special value, two of them, or nothing else.
std::vector<Row> special_rows(DType type) {
  Row plain;
  for (std::size_t i = 0; i < kLength; ++i) plain.push_back(static_cast<Real>(i * 7 % 5) - (type == DType::u8 ? 0 : 2));
  std::vector<Row> rows{plain};
  for (const Real first : special_values(type)) {
    rows.push_back(Row(kLength, first));
    for (const std::size_t at : {std::size_t{0}, std::size_t{17}, kLength - 1}) {
      rows.push_back(plain);
      rows.back()[at] = first;
    }
    for (const Real second : special_values(type)) {
      rows.push_back(plain);
      rows.back()[3] = first, rows.back()[34] = second;
    }
  }
  return rows;
}

/// In wide numbers, rounded (or wrapped) to the type at the end.
Real sum_of(DType type, const Row& row) {
  if (is_float(type)) {
    Real sum = 0;
    for (const Real v : row) sum += v;
    return rounded(type, sum);
  }
  std::uint64_t sum = 0;
  for (const Real v : row) sum += static_cast<std::uint64_t>(static_cast<std::int64_t>(v));
  return type == DType::i32 ? Real(static_cast<std::int32_t>(sum)) : Real(static_cast<std::int64_t>(sum));
}
/// Powers of a number far from 1 leave the type on the way, by definition.
Row squares(DType type, Row row) {
  for (Real& v : row) v = is_float(type) ? rounded(type, v * v) : sum_of(type, {v}) * v;
  return row;
}
Row magnitudes(Row row) {
  for (Real& v : row) v = std::fabs(v);
  return row;
}
bool has_nan(const Row& row) {
  return std::any_of(row.begin(), row.end(), [](Real v) { return std::isnan(v); });
}
Real most(const Row& row) { return has_nan(row) ? Real(NAN) : *std::max_element(row.begin(), row.end()); }
Real least(const Row& row) { return has_nan(row) ? Real(NAN) : *std::min_element(row.begin(), row.end()); }

Real log_sum_exp(const Row& row) {
  const Real shift = std::isfinite(most(row)) ? most(row) : 0;
  Real sum = 0;
  for (const Real v : row) sum += std::exp(v - shift);
  return std::log(sum) + shift;
}

Real sum_of_magnitudes(const Row& row) {
  Real sum = 0;
  for (const Real v : row) sum += std::isfinite(v) ? std::fabs(v) : 0;
  return sum;
}

/// A sum whose terms are too large for the type may overflow on the way.
bool may_overflow(DType type, const Row& row) { return is_float(type) && sum_of_magnitudes(row) >= largest_of(type); }

struct Reduction {
  std::string op;
  Types types;
  Number exact;
  Tolerance tolerance;
};

std::vector<Reduction> reductions() {
  const auto plain = [](auto f) { return [f](DType, const Row& row) { return Real(f(row)); }; };
  return {
      {"ReduceMax", kNumbers, plain(most)},
      {"ReduceMin", kNumbers, plain(least)},
      {"ReduceSum", kNumbers, sum_of},
      {"ReduceMean", kFloats, [](DType t, const Row& row) { return sum_of(t, row) / kLength; }},
      {"ReduceL1", kFloats, [](DType t, const Row& row) { return sum_of(t, magnitudes(row)); }},
      {"ReduceSumSquare", kFloats, [](DType t, const Row& row) { return sum_of(t, squares(t, row)); }},
      {"ReduceL2", kFloats, [](DType t, const Row& row) { return std::sqrt(sum_of(t, squares(t, row))); }},
      {"ReduceLogSum", kFloats, [](DType t, const Row& row) { return std::log(sum_of(t, row)); }},
      {"ReduceLogSumExp", kFloats, plain(log_sum_exp)},
  };
}

/// The rows as a matrix, or as its columns.
runtime::Tensor matrix(DType type, const std::vector<Row>& rows, bool columns) {
  const auto count = static_cast<std::int64_t>(rows.size()), length = static_cast<std::int64_t>(rows[0].size());
  std::vector<Real> values;
  for (std::size_t i = 0; i < rows.size() * rows[0].size(); ++i)
    values.push_back(columns ? rows[i % rows.size()][i / rows.size()] : rows[i / rows[0].size()][i % rows[0].size()]);
  return real_tensor(type, columns ? Shape{length, count} : Shape{count, length}, values);
}

/// Rounding of sums is relative to the sum of magnitudes.
Tolerance tolerance_of(DType type, const Row& row) {
  if (!is_float(type)) return {};
  const Real absolute = 0x1p-23L * sum_of_magnitudes(row) * kLength;
  return {8, static_cast<double>(absolute)};
}

std::string text_of(const Row& row) {
  std::vector<double> values(row.begin(), row.end());
  return fmt::format("[{}]", fmt::join(values, ", "));
}

TEST(SpecialRows, ReductionsComputeTheirDefinitionWhateverTheNumbers) {
  for (const Reduction& c : reductions())
    for (const DType type : c.types) {
      std::vector<Row> rows = special_rows(type);
      std::erase_if(rows, [&](const Row& row) {
        const bool squared = c.op == "ReduceSumSquare" || c.op == "ReduceL2";
        if (c.op == "ReduceLogSum" && std::fabs(sum_of(DType::f64, row)) < sum_of_magnitudes(row) / 1000) return true;
        return c.op != "ReduceMax" && c.op != "ReduceMin" && may_overflow(type, squared ? squares(type, row) : row);
      });
      for (const std::int64_t axis : {1, 0}) {
        SCOPED_TRACE(fmt::format("{} of {} along axis {}", c.op, to_text(type), axis));
        const runtime::Tensor x = matrix(type, rows, axis == 0);
        // Axes are an attribute, and since 13 an input of ReduceSum.
        const bool by_input = c.op == "ReduceSum";
        const runtime::Tensor axes = real_tensor(DType::i64, {1}, {Real(axis)});
        OneNode node{c.op, by_input ? 13 : 11, {{"keepdims", std::int64_t{0}}}};
        if (!by_input) node.attributes.push_back({"axes", OnnxModel::Integers{axis}});
        const NodeRuns runs(node, by_input ? std::vector{x, axes} : std::vector{x}, 1);
        for (const NodeRun& run : runs.run({x}))
          for (std::size_t r = 0; r < rows.size(); ++r) {
            const Real found = exact_element(run.output, static_cast<std::int64_t>(r)),
                       expected = c.exact(type, rows[r]);
            const Row terms = c.op == "ReduceSumSquare" ? squares(type, rows[r]) : rows[r];
            EXPECT_TRUE(agree(type, found, expected, tolerance_of(type, terms)))
                << run.how << ": " << found << ", expected " << expected << " of " << text_of(rows[r]);
          }
      }
    }
}

/// The position that ONNX gives: of the first (or last) extreme.
std::int64_t position_of(const Row& row, bool largest, bool last) {
  std::int64_t best = 0;
  for (std::size_t i = 1; i < row.size(); ++i) {
    const Real a = row[i], b = row[static_cast<std::size_t>(best)];
    if ((largest ? a > b : a < b) || (last && a == b)) best = static_cast<std::int64_t>(i);
  }
  return best;
}

TEST(SpecialRows, PositionsOfExtremesAreInRangeAndRightWhateverTheNumbers) {
  for (const std::string op : {"ArgMax", "ArgMin"})
    for (const bool last : {false, true})
      for (const DType type : kNumbers) {
        SCOPED_TRACE(fmt::format("{} of {}, last {}", op, to_text(type), last));
        const std::vector<Row> rows = special_rows(type);
        const runtime::Tensor x = matrix(type, rows, false);
        const OneNode node{op, 13, {{"axis", std::int64_t{1}}, {"select_last_index", std::int64_t{last}}}};
        for (const NodeRun& run : NodeRuns(node, {x}, 1).run({x}))
          for (std::size_t r = 0; r < rows.size(); ++r)
            EXPECT_EQ(exact_element(run.output, static_cast<std::int64_t>(r)),
                      position_of(rows[r], op == "ArgMax", last))
                << run.how << " of " << text_of(rows[r]);
      }
}

struct Normalization {
  OneNode node;
  Types types;
  Numbers exact;
  Tolerance tolerance;
};

Row softmax(DType, const Row& row) {
  Row out;
  Real sum = 0;
  for (const Real v : row) out.push_back(std::exp(v - most(row))), sum += out.back();
  for (Real& v : out) v /= sum;
  return out;
}
Row log_softmax(DType, const Row& row) {
  Row out;
  Real sum = 0;
  for (const Real v : row) sum += std::exp(v - most(row));
  for (const Real v : row) out.push_back(v - most(row) - std::log(sum));
  return out;
}
Row hardmax(DType, const Row& row) {
  Row out(row.size(), 0);
  out[static_cast<std::size_t>(position_of(row, true, false))] = 1;
  return out;
}
/// Zeros stay zeros, also where the norm is one because the squares are.
Numbers lp_normalized(int p) {
  return [p](DType type, const Row& row) {
    const Real norm = p == 1 ? sum_of(type, magnitudes(row)) : std::sqrt(sum_of(type, squares(type, row)));
    Row out;
    for (const Real v : row) out.push_back(norm == 0 ? v : v / norm);
    return out;
  };
}
Numbers running_sums(bool exclusive, bool reverse) {
  return [=](DType type, Row row) {
    if (reverse) std::reverse(row.begin(), row.end());
    Row out;
    for (std::size_t i = 0; i < row.size(); ++i)
      out.push_back(sum_of(type, Row(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(i + (exclusive ? 0 : 1)))));
    if (reverse) std::reverse(out.begin(), out.end());
    return out;
  };
}

std::vector<Normalization> normalizations() {
  const OnnxModel::Attribute axis{"axis", std::int64_t{1}};
  std::vector<Normalization> cases{
      {{"Softmax", 13, {axis}}, kFloats, softmax, {256}},
      {{"LogSoftmax", 13, {axis}}, kFloats, log_softmax, {32, 1e-6}},
      {{"Hardmax", 13, {axis}}, kFloats, hardmax},
      {{"LpNormalization", 13, {axis, {"p", std::int64_t{1}}}}, kFloats, lp_normalized(1), {32}},
      {{"LpNormalization", 13, {axis, {"p", std::int64_t{2}}}}, kFloats, lp_normalized(2), {32}},
  };
  for (const bool exclusive : {false, true})
    for (const bool reverse : {false, true})
      cases.push_back({{"CumSum", 13, {{"exclusive", std::int64_t{exclusive}}, {"reverse", std::int64_t{reverse}}}},
                       {DType::f32, DType::f64, DType::i32},
                       running_sums(exclusive, reverse),
                       {8}});
  return cases;
}

TEST(SpecialRows, NormalizationsAndRunningSumsComputeTheirDefinitionWhateverTheNumbers) {
  for (const Normalization& c : normalizations())
    for (const DType type : c.types) {
      SCOPED_TRACE(fmt::format("{} of {}", c.node.op, to_text(type)));
      std::vector<Row> rows = special_rows(type);
      std::erase_if(rows, [&](const Row& row) { return may_overflow(type, row); });
      const runtime::Tensor x = matrix(type, rows, false), axis = real_tensor(DType::i64, {}, {1});
      const bool by_input = c.node.op == "CumSum";
      const NodeRuns runs(c.node, by_input ? std::vector{x, axis} : std::vector{x}, 1);
      for (const NodeRun& run : runs.run({x}))
        for (std::size_t r = 0; r < rows.size(); ++r) {
          const Row expected = c.exact(type, rows[r]);
          const Tolerance tolerance = by_input ? tolerance_of(type, rows[r]) : c.tolerance;
          for (std::size_t i = 0; i < kLength; ++i) {
            const Real found = exact_element(run.output, static_cast<std::int64_t>(r * kLength + i));
            EXPECT_TRUE(agree(type, found, expected[i], tolerance))
                << run.how << ": element " << i << " is " << found << ", expected " << expected[i] << " of "
                << text_of(rows[r]);
          }
        }
    }
}

TEST(SpecialRows, ReductionsOfIntegersRoundTowardsZero) {
  const auto whole = [](auto f) { return [f](DType, const Row& row) { return std::trunc(f(row)); }; };
  const auto sum = [](const Row& row) { return sum_of(DType::f64, row); };
  const std::vector<std::pair<std::string, Number>> cases{
      {"ReduceMean", whole([&](const Row& row) { return sum(row) / static_cast<Real>(row.size()); })},
      {"ReduceL1", whole([&](const Row& row) { return sum(magnitudes(row)); })},
      {"ReduceL2", whole([&](const Row& row) { return std::sqrt(sum(squares(DType::f64, row))); })},
      {"ReduceSumSquare", whole([&](const Row& row) { return sum(squares(DType::f64, row)); })},
      {"ReduceLogSum", whole([&](const Row& row) { return std::log(sum(row)); })},
      {"ReduceLogSumExp", whole(log_sum_exp)},
  };
  const std::vector<Row> rows{{5, 7, 1}, {3, 4, 0}, {2, 2, 2}, {1, 1, 200}, {10000, 20000, 30000}};
  const std::vector<Row> negative{{-3, -5, 1}, {-7, 1, -2}, {-1, -1, 0}};
  for (const auto& [op, exact] : cases)
    for (const DType type : kWhole) {
      SCOPED_TRACE(fmt::format("{} of {}", op, to_text(type)));
      std::vector<Row> all = rows;
      if (op != "ReduceLogSum") all.insert(all.end(), negative.begin(), negative.end());
      const runtime::Tensor x = matrix(type, all, false);
      const OneNode node{op, 11, {{"axes", OnnxModel::Integers{1}}}};
      for (const NodeRun& run : NodeRuns(node, {x}, 1).run({x})) {
        EXPECT_EQ(run.output.type(), type);
        for (std::size_t r = 0; r < all.size(); ++r)
          EXPECT_EQ(exact_element(run.output, static_cast<std::int64_t>(r)), exact(type, all[r]))
              << run.how << " of " << text_of(all[r]);
      }
    }
}

TEST(SpecialRows, ProductsPassOnWhatIsNoNumberAndWrap) {
  const Real inf = std::numeric_limits<Real>::infinity(), nan = std::numeric_limits<Real>::quiet_NaN();
  const auto expect = [](DType type, const std::vector<Row>& rows, const Row& expected) {
    const runtime::Tensor x = matrix(type, rows, false), axes = real_tensor(DType::i64, {1}, {1});
    for (const NodeRun& run : NodeRuns({"ReduceProd", 18, {{"keepdims", std::int64_t{0}}}}, {x, axes}, 1).run({x}))
      for (std::size_t r = 0; r < rows.size(); ++r)
        EXPECT_TRUE(agree(type, exact_element(run.output, static_cast<std::int64_t>(r)), expected[r], {0}))
            << run.how << " of " << text_of(rows[r]);
  };
  Row long_row(kLength, 1);
  long_row[0] = -2, long_row[17] = 4, long_row[kLength - 1] = 0.5L;
  for (const DType type : kFloats) {
    expect(type, {{2, -3, 0.5L}, {inf, -2, 1}, {0, inf, 1}, {1, nan, 0}}, {-3, -inf, nan, nan});
    expect(type, {long_row}, {-4});
  }
  expect(DType::u8, {{16, 17, 1}, {3, 5, 7}}, {16, 105});
  expect(DType::i64, {{Real(INT64_MIN), -1, 1}, {3, -5, 7}}, {Real(INT64_MIN), -105});
}

TEST(SpecialRows, MeansOfIntegersDoNotOverflow) {
  for (const DType type : kWhole) {
    const Real top = type == DType::i32 ? Real(INT32_MAX) : Real(INT64_MAX), low = -top - 1;
    const runtime::Tensor x = real_tensor(type, {3, 3}, {top, top, top, low, low, low, low, top, -1});
    for (const NodeRun& run : NodeRuns({"ReduceMean", 11, {{"axes", OnnxModel::Integers{1}}}}, {x}, 1).run({x})) {
      EXPECT_EQ(exact_elements(run.output), (Row{top, low, 0})) << run.how;
    }
  }
}

TEST(SpecialRows, ExtremesOfBoolsAreAnyAndAllSinceOpset20) {
  const runtime::Tensor x = real_tensor(DType::boolean, {3, 2}, {0, 0, 0, 1, 1, 1}),
                        axes = real_tensor(DType::i64, {1}, {1});
  for (const auto& [op, expected] : {std::pair("ReduceMax", Row{0, 1, 1}), std::pair("ReduceMin", Row{0, 0, 1})})
    for (const NodeRun& run : NodeRuns({op, 20}, {x, axes}, 1).run({x})) {
      EXPECT_EQ(run.output.type(), DType::boolean);
      EXPECT_EQ(exact_elements(run.output), expected) << op << " " << run.how;
    }
}

}  // namespace
}  // namespace tilewright::graph
