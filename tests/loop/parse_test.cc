// Programs read back from their text.
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>

#include "loop/interpreter.h"
#include "loop/lower.h"
#include "support/random_dag.h"
#include "support/random_schedule.h"
#include "support/round_trip.h"

namespace tilewright::loop {
namespace {

constexpr int kSamples = 3000;

std::uint64_t samples() {
  const char* wanted = std::getenv("TW_SAMPLES");
  return static_cast<std::uint64_t>(wanted ? std::atoi(wanted) : kSamples);
}

bool same_bits(const std::vector<te::Array>& a, const std::vector<te::Array>& b) {
  const auto same = [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const te::Array& x, const te::Array& y) {
    return x.integers == y.integers &&
           std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(), same);
  });
}

TEST(Parse, ReadsWhatToTextPrints) {
  std::uint64_t lowered = 0;
  for (std::uint64_t seed = 0; seed < samples(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Rng rng(seed);
    const te::DagRef dag = support::random_dag(rng);
    const Result<Program> program = lower(support::random_schedule(dag, rng));
    if (!program) continue;
    ++lowered;
    const Result<Program> parsed = support::expect_round_trip(*program);
    ASSERT_FALSE(HasFailure());
    if (seed % 10 != 0) continue;  // slower than all else
    const auto inputs = te::random_inputs(*dag, seed);
    ASSERT_TRUE(same_bits(interpret(*parsed, inputs), interpret(*program, inputs))) << to_text(*program);
  }
  EXPECT_GT(lowered, samples() / 2);
}

/// Lines of a small program, one for each thing that the grammar has.
constexpr std::string_view kProgram = R"(input 0 A f32[12, 40]
constant 1 "B packed" f32[2, 5, 16] packs [5, 20] blocks [5, 16] outer [1] inner [0, 1]
input 2 rows i64[12]
output 3 C f32[12, 20] stage 4
workspace T f32[12, 20] stage 3
stage 3: no prefetch, unroll to 64
stage 4: streamed stores
parallel v0 in 0..12: i, stage 3
  for v1 in 0..1 of 2: "j 0", stage 3
    prefetch "B packed"[80*v1 + 80]
    vectorize v2 in 0..16: j.1, stage 3
      T[v0, 16*v1 + v2] = 0.0
    for v3 in 0..5 reduce: k, stage 3
      vectorize v2 in 0..16: j.1, stage 3
        update T[v0, 16*v1 + v2] = (T[v0, 16*v1 + v2] + (A[v0, v3]*"B packed"[v1, v3, v2]))
  if 19 - v0 >= 0 and v0 - 2 >= 0
    T[v0, 16] = -inf
  else
    T[v0, (v0 % 4) + (v0 / 4)] = max(tir.exp(T[v0, 1]), f32(index(v0 + 1)))
unroll v4 in 0..12: i, stage 4
  allocate L i64[]
  L[] = (rows[v4] + -3:i64)
  C[v4, 0] = select(((L[] < 3:i64) && index(v4 - 2 >= 0)), T[{rows[v4] in 0..12}, 2], 0.5)
)";

TEST(Parse, ReadsAllThatTheGrammarHas) {
  const Result<Program> program = parse(kProgram);
  ASSERT_TRUE(program) << program.message();
  EXPECT_EQ(to_text(*program), [] {
    std::string text(kProgram);
    text.replace(text.find("19 - v0 >= 0"), 12, "-v0 + 19 >= 0");
    return text;
  }());
  const Status valid = verify(*program);
  EXPECT_TRUE(valid) << valid.message();
  EXPECT_EQ(program->packed.size(), 1u);
  EXPECT_EQ(program->dag->inputs().size(), 3u);
  EXPECT_TRUE(program->dag->arguments()[1]->is_constant());
  EXPECT_EQ(program->dag->arguments()[1].shape(), (std::vector<std::int64_t>{5, 20}));
  EXPECT_EQ(program->hints_of(3).unroll_limit, 64);
  EXPECT_TRUE(program->hints_of(4).stream_stores);
}

TEST(Parse, TellsBuffersOfOneNameApart) {
  Result<Program> program = parse(
      "output 0 C f32[4]\nworkspace T f32[4]\nworkspace U f32[4]\nfor v0 in 0..4\n"
      "  T[v0] = 1.0\n  U[v0] = 2.0\n  C[v0] = (T[v0] + U[v0])\n");
  ASSERT_TRUE(program) << program.message();
  program->buffers[2].name = "T";
  const std::string text = to_text(*program);
  EXPECT_NE(text.find("C[v0] = (T[v0] + T~2[v0])"), std::string::npos) << text;
  support::expect_round_trip(*program);
}

TEST(Parse, NamesLineAndColumnOfWhatIsWrong) {
  struct Case {
    const char *text, *error;
  };
  const std::string start = "input 0 A f32[4]\noutput 1 C f32[4]\n";
  for (const Case& c : {
           Case{"for v0 in 0..4\n  C[v0] = (A[v0] + B[v0])", "line 4, column 20: B is not declared"},
           Case{"for v0 in 0..4\n  C[v0] = A[v0", "line 4, column 15: expected ',', found the end of the line"},
           Case{"for v0 in 0..4\n  C[v1] = 0.0", "line 4, column 5: no loop binds v1"},
           Case{"for v0 in 0..4\n  C[v0] = 0", ""},  // a wrong type: that is the verifier's to say
           Case{"for v0 in 0..4\n  C[v0, 0] = 0.0", "line 4, column 3: C has 1 dimensions and is given 2 indices"},
           Case{"for v0 in 0..4\n  C[v0] = (A[v0] + 1)", "line 4, column 18: operands of types f32 and i32"},
           Case{"for v0 in 0..4\n  C[v0] = 0.0 1", "line 4, column 15: expected the end of the line, found '1'"},
           Case{"for v0 in 0..4\n   C[v0] = 0.0", "line 4, column 3: an odd number of spaces before a statement"},
           Case{"C[0] = 0.0\n  C[1] = 0.0",
                "line 4, column 3: a statement is indented further than the one before allows"},
           Case{"for v0 in 0..4 of 8\n  C[v0] = 0.0\nfor v0 in 0..4\n  C[v0] = 0.0",
                "line 5, column 15: v0 has the extents 8 and 4"},
           Case{"for v0 in 4\n  C[v0] = 0.0", "line 3, column 12: expected '..', found the end of the line"},
           Case{"for v0 in 0..4\n  C[v0] = A[99999999999*v0]", ""},
           Case{"for v0 in 0..4\n  C[v0] = A[999999999999999*v0]",
                "line 4, column 13: expected a number from 0 to 281474976710656"},
           Case{"for v0 in 0..4\n  C[v0] = tanh(A[v0])", "line 4, column 11: tanh is no value or function"},
           Case{"output 1 D f32[4]", "line 3, column 10: argument 1 is declared twice"},
           Case{"output 3 D f32[4]", "line 4, column 1: argument 2 is not declared"},
           Case{"workspace A f32[4]", "line 3, column 11: A is declared before, and otherwise"},
           Case{"workspace D f33[4]", "line 3, column 13: f33 is no element type"},
           Case{"workspace D f32[0]", "line 3, column 17: expected an extent from 1 to 2147483648"},
           Case{"stage 1: no hope",
                "line 3, column 10: expected 'no prefetch', 'streamed stores' or 'unroll to', found 'no'"},
           Case{"constant 2 W f32[2, 4] packs [8] blocks [4] outer [0] inner []",
                "line 3, column 24: the layout leaves out dimension 0"},
           Case{"constant 2 W f32[2, 4] packs [8] blocks [3] outer [0] inner [0]",
                "line 3, column 24: the shape is not that of the blocks"},
       }) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(parse(start + c.text).message(), c.error);
  }
}

TEST(Parse, RefusesWhatIsNestedTooDeeply) {
  const std::string open(100000, '(');
  EXPECT_NE(parse("output 0 C f32[4]\nC[0] = " + open).message().find("brackets inside one another"),
            std::string::npos);
  EXPECT_NE(parse("output 0 C f32[4]\nC[" + open).message().find("brackets inside one another"), std::string::npos);
  std::string blocks = "output 0 C f32[4]\n";
  for (int depth = 0; depth < 2000; ++depth)
    blocks += std::string(static_cast<std::size_t>(depth) * 2, ' ') + "if always\n";
  EXPECT_NE(parse(blocks).message().find("blocks inside one another"), std::string::npos);
}

TEST(Parse, TakesOrRefusesAnyTextWithoutHarm) {
  constexpr std::string_view kPieces[] = {
      "v0",  "for ", "[",  "]",  "(",  ")",   " / 4)", "{",  "}", "0", "-1", "4294967296", "9223372036854775807",
      "f32", ":",    "..", "\"", "\\", "inf", "nan",   "\n", "  "};
  int read = 0;
  for (std::uint64_t seed = 0; seed < 20 * samples(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Rng rng(seed);
    std::string text(kProgram);
    for (std::int64_t changes = rng.between(1, 3); changes > 0; --changes) {
      const auto at = static_cast<std::size_t>(rng.below(std::ssize(text)));
      const auto length = static_cast<std::size_t>(rng.below(6));
      switch (rng.below(4)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, kPieces[rng.below(std::ssize(kPieces))]);
          break;
        case 2:
          text[at] = static_cast<char>(rng.below(256));
          break;
        default:  // a piece of its own
          text.insert(at, text.substr(static_cast<std::size_t>(rng.below(std::ssize(text))), length));
      }
    }
    const Result<Program> program = parse(text);
    if (!program) {
      ASSERT_TRUE(program.message().starts_with("line ")) << program.message();
      continue;
    }
    ++read;
    (void)verify(*program);
    const std::string printed = to_text(*program);
    const Result<Program> again = parse(printed);
    ASSERT_TRUE(again) << again.message() << "\n" << printed;
    ASSERT_EQ(to_text(*again), printed) << text;
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace tilewright::loop
