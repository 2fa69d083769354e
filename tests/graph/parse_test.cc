// Graphs as text: what is printed is read back, and what is wrong is named with its line.
#include <gtest/gtest.h>

#include "graph/passes.h"
#include "random_network.h"

namespace tilewright::graph {
namespace {

void expect_printed_again(const Graph& graph) {
  const std::string text = to_text(graph);
  const Result<Graph> parsed = parse(text);
  ASSERT_TRUE(parsed) << parsed.message() << "\n" << text;
  EXPECT_EQ(to_text(*parsed), text);
  const Status valid = verify(*parsed);
  EXPECT_TRUE(valid) << valid.message();
}

TEST(GraphText, IsReadBackAsItWasPrintedBeforeAndAfterPasses) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Rng rng(seed);
    const Graph graph = random_network(rng, 20);
    expect_printed_again(graph);
    expect_printed_again(optimize(graph));
    if (HasFailure()) return;
  }
}

TEST(GraphText, HoldsFieldsValuesAndNamesOfAllKinds) {
  constexpr std::string_view kText = R"(input t0 f32[1, 4, 6, 6] "x \"1\"\\"
constant t1 f32[8, 2, 3, 3] all 0.5
t2 f32[1, 8, 2, 2] = conv2d(t0, t1) kernel [3, 3] strides [2, 2] groups 2
t3 f32[1, 8, 2, 2] = clip(t2) low -inf high 6
t4 f32[1, 8, 3, 2] = pad(t3) begin [0, 0, 0, 0] end [0, 0, 1, 0] value 1.5
constant t5 i64[2] [-1, 9223372036854775807]
input t6 bool[] "choose"
t7 f32[1, 8, 3, 2] = select(t6, t4, t4)
t8 i64[1, 8, 3, 2] = cast(t7) type i64
t9 i64[1, 8, 3, 2] = add(t8, t5)
t10 f32[8, 2] = reduce_max(t7) axes [0, 2] keep_dims false
output t9 "sum"
output t10 "greatest"
)";
  const Result<Graph> graph = parse(kText);
  ASSERT_TRUE(graph) << graph.message();
  expect_printed_again(*graph);
  EXPECT_EQ(graph->inputs()[0].name, "x \"1\"\\");
  EXPECT_EQ(graph->nodes().size(), 7u);
  EXPECT_EQ(std::get<Conv>(graph->nodes()[0].op).groups, 2);
}

TEST(GraphText, ConstantsOfOneSeedAreTheSame) {
  const Result<Graph> graph = parse("constant t0 f32[64, 64] seed 7\nconstant t1 f32[4096] seed 7\noutput t0 \"y\"\n");
  ASSERT_TRUE(graph) << graph.message();
  EXPECT_EQ(graph->tensor(0).constant->data(), graph->tensor(1).constant->data());
}

TEST(GraphText, NamesTheLineOfWhatIsWrong) {
  struct Case {
    std::string text, error;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"t1 f32[2] = relu(t9)", "line 2, column 18: no line before defines t9"},
           {"t1 f32[2] = rleu(t0)", "line 2, column 13: there is no operator rleu"},
           {"t1 f32[3] = relu(t0)", "line 2, column 13: it makes f32 2"},
           {"t1 f32[2] = add(t0)", "line 2, column 13: add reads 2 tensors, found 1"},
           {"t1 f32[2] = relu(t0) axis 1", "line 2, column 22: it has no axis"},
           {"t0 f32[2] = relu(t0)", "line 2, column 1: t0 is there already"},
           {"constant t1 f32[2] [1]", "line 2, column 23: 1 values, expected 2 for shape 2"},
           {"constant t1 i8[1] [128]", "line 2, column 20: expected an integer from -128 to 127"},
           {"constant t1 f16[1] [1]", "line 2, column 13: expected a type, found 'f16[1]'"},
           {"constant t1 f32[100000, 1000] all 0", "line 2, column 31: constants of more than 33554432 elements"},
           {"output t0 y", "line 2, column 11: expected a name in quotes, found 'y'"},
           {"t1 f32[2] = slice(t0) starts [0] steps [1] shape [-1]",
            "line 2, column 13: the numbers of this slice do not fit each other or its data"},
       })
    EXPECT_EQ(parse("input t0 f32[2] \"x\"\n" + c.text).message(), c.error) << c.text;
}

}  // namespace
}  // namespace tilewright::graph
