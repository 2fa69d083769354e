#include "te/dag.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "te/are_read.h"

namespace tilewright::te {
namespace {

using Indices = std::span<const Expr>;

Tensor plus_one(const Tensor& x, std::string name) {
  return compute(x.shape(), std::move(name), [&](Indices i) { return x(std::vector<Expr>(i.begin(), i.end())) + 1; });
}

std::string names_of(const Dag& dag) {
  std::string names;
  for (const Tensor& t : dag.ops()) names += t->name + " ";
  return names;
}

std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const InternalError& e) {
    const std::string text = e.what();
    const std::size_t cut = text.rfind(": ", text.size());
    return text.substr(cut + 2);
  }
  return "no error";
}

struct Diamond {
  Tensor a = placeholder({4}, "a"), b = placeholder({4}, "b");
  Tensor left = plus_one(a, "left");
  Tensor right = compute({4}, "right", [&](Indices i) { return b(i[0]) * a(i[0]); });
  Tensor join = compute({4}, "join", [&](Indices i) { return right(i[0]) + left(i[0]); });
};

TEST(Dag, OrdersInputsByTheirFirstLoad) {
  const Diamond d;
  const DagRef dag = Dag::make({d.a, d.b, d.join});
  EXPECT_EQ(names_of(*dag), "b a right left join ");
  EXPECT_EQ(dag->readers(1), (std::vector<int>{2, 3}));
  EXPECT_EQ(dag->reads(4), (std::vector<int>{2, 3}));
  EXPECT_TRUE(dag->is_output(4));
  EXPECT_FALSE(dag->is_output(2));
  EXPECT_EQ(dag->inputs().size(), 2U);
  EXPECT_EQ(dag->outputs()[0]->name, "join");
  EXPECT_EQ(dag->index_of(d.left.op().get()), 3);
}

TEST(Dag, RefusesArgumentsThatDoNotFit) {
  const Diamond d;
  const Tensor unread = placeholder({4}, "unread");
  EXPECT_EQ(error_of([&] { Dag::make({d.a, d.join}); }), "placeholder b is not among the arguments");
  EXPECT_EQ(error_of([&] { Dag::make({d.a, d.b, d.a, d.join}); }), "argument a is given twice");
  EXPECT_EQ(error_of([&] { Dag::make({d.a, d.b, unread, d.join}); }), "argument unread is read by nobody");
  EXPECT_EQ(error_of([&] { Dag::make({d.a, d.b, d.left, d.join}); }), "others read it");
}

TEST(Tensor, RefusesBodiesThatAreNotOperations) {
  const Tensor a = placeholder({4}, "a");
  const AxisRef k = reduce_axis(4, "k"), other = make_axis("other", 4);
  EXPECT_EQ(error_of([&] { compute({4}, "c", [&](Indices) { return sum(a(k), {k}) + 1; }); }),
            "a reduction may stand only at the root of the body");
  EXPECT_EQ(error_of([&] { compute({4}, "c", [&](Indices) { return a(other); }); }),
            "axis other in the body is not its own");
  EXPECT_EQ(error_of([&] { compute({4}, "c", [&](Indices) { return sum(a(k), {k}); }, {"k"}); }),
            "axis name k appears twice");
  EXPECT_EQ(error_of([&] { a(0, 0); }), "a has 1 dimensions, found 2 indices");
  EXPECT_EQ(error_of([&] { a(Expr(0.5F)); }), "index 0.5f of a has type f32, expected an integer");
  EXPECT_EQ(error_of([&] { placeholder({4, 0}, "p"); }), "extent 0 must be at least 1");
}

TEST(Replace, RebuildsWhatIsDownstreamAndKeepsItsAxes) {
  const Diamond d;
  const DagRef dag = Dag::make({d.a, d.b, d.join});
  const Tensor cached = compute({4}, "left.local", [&](Indices i) { return d.left(i[0]); });
  const DagRef next = replace(*dag, {{d.left.op().get(), cached}});
  EXPECT_EQ(names_of(*next), "b a right left left.local join ");
  const Tensor& join = next->ops().back();
  EXPECT_EQ(join->axes, d.join->axes);
  EXPECT_EQ(next->ops()[2].op(), d.right.op()) << "not downstream, so not rebuilt";
  EXPECT_EQ(next->arguments().back().op(), join.op());
  EXPECT_EQ(to_text(join->body), "(right[i0] + left.local[i0])");
}

TEST(Replace, KeepsAnInputThatIsCopiedAmongTheArguments) {
  const Diamond d;
  const DagRef dag = Dag::make({d.a, d.b, d.join});
  const Tensor cached = compute({4}, "a.local", [&](Indices i) { return d.a(i[0]); });
  const DagRef next = replace(*dag, {{d.a.op().get(), cached}});
  EXPECT_EQ(next->arguments()[0].op(), d.a.op());
  EXPECT_EQ(names_of(*next), "b a a.local right left join ");
}

TEST(Replace, ExchangesAnInputForAnotherLayoutOfIt) {
  const Tensor a = placeholder({4}, "a"), wide = placeholder({8}, "wide");
  const DagRef next = replace(*Dag::make({a, plus_one(a, "b")}), {{a.op().get(), wide}});
  EXPECT_EQ(next->arguments()[0].op(), wide.op());
}

TEST(StructuralHash, SeesStructureAndNotNames) {
  const auto make = [](std::string name, std::string axis, std::int64_t extent, int shift, DType type) {
    const Tensor x = placeholder({extent}, "in_" + name, type);
    return structural_hash(
        *Dag::make({x, compute({extent}, name, [&](Indices i) { return x(i[0]) + shift; }, {axis})}));
  };
  const std::uint64_t reference = make("a", "i", 8, 1, DType::f32);
  EXPECT_EQ(make("b", "j", 8, 1, DType::f32), reference);
  EXPECT_NE(make("a", "i", 9, 1, DType::f32), reference);
  EXPECT_NE(make("a", "i", 8, 2, DType::f32), reference);
  EXPECT_NE(make("a", "i", 8, 1, DType::f64), reference);
}

TEST(Dag, KnowsWhichInputsAnOutputDependsOn) {
  const Tensor a = placeholder({4}, "a", DType::i32), b = placeholder({4}, "b", DType::i32);
  const Tensor nothing = compute({4}, "nothing", [&](Indices i) { return a(i[0]) * Expr(0); });
  const Tensor both = compute({4}, "both", [&](Indices i) { return nothing(i[0]) + b(i[0]); });
  EXPECT_EQ(are_read(std::vector{a, b}, both), (std::vector{false, true}));
  EXPECT_EQ(are_read(std::vector{a, b}, nothing), (std::vector{false, false}));
}

}  // namespace
}  // namespace tilewright::te
