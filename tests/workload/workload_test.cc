#include "workload/workload.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/rng.h"
#include "te/flops.h"
#include "te/interpreter.h"

namespace tilewright::workload {
namespace {

TEST(Workload, EveryNamedOneParsesAndItsSpecIsCanonical) {
  EXPECT_GT(named_workloads().size(), 70u);
  for (const Named& named : named_workloads()) {
    const Workload workload = parse(named.name);
    EXPECT_EQ(workload.name, named.name);
    EXPECT_EQ(parse(workload.spec).spec, workload.spec);
    EXPECT_EQ(parse(named.spec).spec, workload.spec);
    EXPECT_TRUE(looks_like_workload(named.name) && looks_like_workload(workload.spec));
  }
}

TEST(Workload, FlopsAreThoseOfTheDefinition) {
  const auto flops = [](const char* text) { return te::flop_count(*parse(text).dag); };
  EXPECT_EQ(flops("gmm_1024"), 2.0 * 1024 * 1024 * 1024);
  EXPECT_EQ(flops("conv_56"), (2.0 * 9 * 64 + 2) * 56 * 56 * 64);
  EXPECT_EQ(flops("c3d_3"), 2.0 * 27 * 512 * 16 * 7 * 7 * 512);
  EXPECT_EQ(flops("grp_0"), 2.0 * 9 * 16 * 28 * 28 * 128);
  EXPECT_EQ(flops("dep_1"), 2.0 * 9 * 56 * 56 * 64);
  EXPECT_EQ(flops("cap_3"), 2.0 * 9 * 4 * 16 * 8 * 8 * 16 * 16);
  EXPECT_EQ(flops("tbg_0"), 2.0 * 12 * 128 * 128 * 64);
  EXPECT_EQ(flops("max_pool_112"), 9.0 * 56 * 56 * 64);
}

TEST(Workload, WeightsAreConstantIfTheTextSaysSo) {
  const Workload plain = parse("conv2d_bias_relu:h=8,ci=4,co=4,k=3"), constant = parse(plain.spec + ",constant=1");
  EXPECT_EQ(constant.spec, plain.spec + ",constant=1");
  EXPECT_EQ(parse(plain.spec + ",constant=0").spec, plain.spec);
  std::vector<bool> is_constant;
  for (const te::Tensor& input : constant.dag->inputs()) is_constant.push_back(input->is_constant());
  EXPECT_EQ(is_constant, (std::vector<bool>{false, true, true}));
  EXPECT_NE(te::structural_hash(*plain.dag), te::structural_hash(*constant.dag));
}

/// Both compute the same from the same arguments, within `tolerance` of the largest element.
void expect_same(const char* a, const char* b, double tolerance) {
  const te::DagRef first = parse(a).dag, second = parse(b).dag;
  const auto inputs = te::random_inputs(*first, 3);
  const auto x = te::interpret(*first, inputs)[0].values, y = te::interpret(*second, inputs)[0].values;
  ASSERT_EQ(x.size(), y.size());
  double largest = 0;
  for (double value : x) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], tolerance * largest) << a << " at " << i;
}

TEST(Workload, WinogradIsAConvolution) {
  // The transforms of F(2, 3) and F(4, 3) multiply rounding errors by about 2 and 10 (Lavin and Gray, 2016, table 4).
  expect_same("winograd_conv2d:h=8,ci=3,co=4,m=2", "conv2d:h=8,ci=3,co=4,k=3,pad=1", 1e-5);
  expect_same("winograd_conv2d:n=2,h=7,w=9,ci=5,co=2,m=4", "conv2d:n=2,h=7,w=9,ci=5,co=2,k=3,pad=1", 5e-5);
}

TEST(Workload, SpecialCasesOfAnOperatorAgree) {
  expect_same("conv2d:h=6,ci=4,co=4,k=3,pad=1,groups=1,dilation=1", "conv2d:h=6,ci=4,co=4,k=3,pad=1", 0);
  expect_same("conv3d:d=1,h=5,ci=3,co=2,k=1", "conv3d:d=1,h=5,w=5,ci=3,co=2,k=1", 0);
  expect_same("conv2d_transpose:h=5,ci=3,co=2,k=1", "conv2d:h=5,ci=3,co=2,k=1", 1e-6);
}

/// A transposed convolution by its definition: every input element spreads over a window.
TEST(Workload, TransposedConvolutionSpreads) {
  constexpr std::int64_t kH = 3, kCi = 2, kCo = 2, kK = 4, kStride = 2, kPad = 1,
                         kOut = (kH - 1) * kStride - 2 * kPad + kK;
  const te::DagRef dag = parse("conv2d_transpose:h=3,ci=2,co=2,k=4,stride=2,pad=1").dag;
  const auto inputs = te::random_inputs(*dag, 1);
  const auto data = inputs[0].values, weight = inputs[1].values;
  std::vector<double> expected(static_cast<std::size_t>(kOut * kOut * kCo), 0);
  for (std::int64_t y = 0; y < kH; ++y)
    for (std::int64_t x = 0; x < kH; ++x)
      for (std::int64_t ky = 0; ky < kK; ++ky)
        for (std::int64_t kx = 0; kx < kK; ++kx) {
          const std::int64_t oy = y * kStride + ky - kPad, ox = x * kStride + kx - kPad;
          if (oy < 0 || ox < 0 || oy >= kOut || ox >= kOut) continue;
          for (std::int64_t i = 0; i < kCi; ++i)
            for (std::int64_t o = 0; o < kCo; ++o)
              expected[static_cast<std::size_t>((oy * kOut + ox) * kCo + o)] +=
                  static_cast<double>(data[static_cast<std::size_t>((y * kH + x) * kCi + i)]) *
                  static_cast<double>(weight[static_cast<std::size_t>(((ky * kK + kx) * kCi + i) * kCo + o)]);
        }
  const auto found = te::interpret(*dag, inputs)[0].values;
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5);
}

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    return error.what();
  }
  return "";
}

TEST(Workload, ErrorsNameThePart) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "neither a named workload nor an operator"},
      {"conv9d:h=1", "'conv9d' is neither"},
      {"conv2d:", "h is missing"},
      {"conv2d", "h is missing"},
      {"conv2d:h=8,ci=3,co=4", "k is missing"},
      {"conv2d:h=8,ci=3,co=4,k=3,q=1", "key 'q' is not known"},
      {"conv2d:h=8,h=8,ci=3,co=4,k=3", "h is given twice"},
      {"conv2d:h=-8,ci=3,co=4,k=3", "h=-8: h must be between 1"},
      {"conv2d:h=0,ci=3,co=4,k=3", "h=0: h must be between 1"},
      {"conv2d:h=8x,ci=3,co=4,k=3", "h=8x: expected a whole number"},
      {"conv2d:h=,ci=3,co=4,k=3", "h=: expected a whole number"},
      {"conv2d:h=99999999999999999999,ci=3,co=4,k=3", "must be between"},
      {"conv2d:h=16777216,ci=16777216,co=4,k=1", "elements; at most"},
      {"conv2d:h=8,ci=3,co=4,k=9", "a window of 9 elements does not fit 8"},
      {"conv2d:h=8,ci=3,co=4,k=3,groups=2", "2 groups do not divide 3 input"},
      {"conv2d:h=8,ci=3,co=4,k=3,", "expected key=value, found ''"},
      {"conv2d:h", "expected key=value, found 'h'"},
      {"winograd_conv2d:h=8,ci=3,co=4,m=3", "m=3"},
      {"winograd_conv2d:n=16777216,h=16777216,ci=1,co=1", "more than 2147483647 tiles"},
      {"matmul:b=16777216,n=16777216,m=16777216,k=16777216", "elements; at most"},
      {"max_pool2d:h=8,c=1,k=2,pad=2", "padding 2 is as large"},
      {"conv2d_transpose:h=8,ci=1,co=1,k=2,pad=2", "padding 2 is larger"},
  };
  for (const auto& [text, expected] : kCases)
    EXPECT_NE(error_of(text).find(expected), std::string::npos) << text << ": " << error_of(text);
}

/// Texts with a few characters changed: a workload or an Error, nothing else.
TEST(Workload, SurvivesDamagedTexts) {
  Rng rng(1);
  const std::string_view letters = "0123456789,=:-abcdefghknow_ \n\xff";
  for (int round = 0; round < 20000; ++round) {
    std::string text(named_workloads()[static_cast<std::size_t>(rng.below(std::ssize(named_workloads())))].spec);
    for (std::int64_t edit = rng.between(1, 4); edit-- > 0 && !text.empty();) {
      const auto at = static_cast<std::size_t>(rng.below(std::ssize(text)));
      const char letter = letters[static_cast<std::size_t>(rng.below(std::ssize(letters)))];
      if (rng.chance(0.3))
        text.erase(at, 1);
      else if (rng.chance(0.5))
        text.insert(at, 1, letter);
      else
        text[at] = letter;
    }
    try {
      EXPECT_FALSE(parse(text).spec.empty());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::bad_input);
    }
  }
}

}  // namespace
}  // namespace tilewright::workload
