#include "measure/machine/machine_kernels.h"

#include <algorithm>

#include "schedule/state.h"
#include "te/dag.h"
#include "te/expr.h"
#include "te/tensor.h"

namespace tilewright::measure {
namespace {

using schedule::Annotation;
using te::Expr;
using te::Tensor;

DType sum_type(DType type) {
  switch (type) {
    case DType::bf16:
      return DType::f32;
    case DType::boolean:
    case DType::i8:
    case DType::u8:
      return DType::i32;
    default:
      return type;
  }
}

Expr widened(DType type, const Expr& value) { return type == value.type() ? value : te::cast(type, value); }

/// The last tensor's loops in another order, outermost first, each with what becomes of it.
struct Loop {
  int iter;
  Annotation annotation = Annotation::none;
};
backend::ScheduledProgram in_order(const std::vector<Tensor>& tensors, const std::vector<Loop>& loops,
                                   const backend::TargetRef& target) {
  schedule::State state = schedule::State::initial(te::Dag::make(tensors));
  const int stage = state.num_stages() - 1;
  const auto apply = [&](const schedule::Step& step) {
    const Status ok = state.apply(step);
    TW_CHECK(ok, "{}", ok.message());
  };
  std::vector<int> order;
  for (const Loop& loop : loops) order.push_back(loop.iter);
  apply(schedule::ReorderStep{stage, order});
  for (int i = 0; i < static_cast<int>(loops.size()); ++i)
    if (const Annotation annotation = loops[static_cast<std::size_t>(i)].annotation; annotation != Annotation::none)
      apply(schedule::AnnotateStep{stage, i, annotation});
  return {std::move(state), target};
}

}  // namespace

ProductKernel product_kernel(const backend::TargetRef& target, DType type, int threads, std::int64_t rounds) {
  constexpr std::int64_t kDepth = 128, kVectors = 2;
  const DType sums = sum_type(type);
  // All registers but a row of the second factor and two to load the first one into hold sums.
  const std::int64_t rows = std::max<std::int64_t>(1, (target->vector_registers - 2 - kVectors) / kVectors);
  const std::int64_t columns = kVectors * target->lanes(sums);
  const Tensor a = te::placeholder({kDepth, rows}, "A", type), b = te::placeholder({kDepth, columns}, "B", type);
  const te::AxisRef round = te::reduce_axis(rounds, "round"), k = te::reduce_axis(kDepth, "k");
  const Tensor c = te::compute({threads, rows, columns}, "C", [&](std::span<const Expr> at) {
    return te::sum(widened(sums, a(k, at[1])) * widened(sums, b(k, at[2])), {round, k});
  });
  constexpr int kThread = 0, kRow = 1, kColumn = 2, kRound = 3, kStep = 4;
  return {in_order({a, b, c},
                   {{kThread, Annotation::parallel},
                    {kRound},
                    {kStep},
                    {kRow, Annotation::unroll},
                    {kColumn, Annotation::vectorize}},
                   target),
          2.0 * static_cast<double>(threads * rows * columns * kDepth * rounds)};
}

ReadKernel read_kernel(const backend::TargetRef& target, int threads, std::int64_t bytes) {
  constexpr std::int64_t kVectors = 8;  // sums at a time, which hide how long one addition takes
  const std::int64_t lanes = target->lanes(DType::f32), row = kVectors * lanes * bytes_of(DType::f32);
  const std::int64_t rows = std::max<std::int64_t>(1, bytes / threads / row);
  const Tensor x = te::placeholder({threads, rows, kVectors, lanes}, "x", DType::f32);
  const te::AxisRef n = te::reduce_axis(rows, "n");
  const Tensor y = te::compute({threads, kVectors, lanes}, "y",
                               [&](std::span<const Expr> at) { return te::sum(x(at[0], n, at[1], at[2]), {n}); });
  constexpr int kThread = 0, kVector = 1, kLane = 2, kRow = 3;
  return {
      in_order({x, y},
               {{kThread, Annotation::parallel}, {kRow}, {kVector, Annotation::unroll}, {kLane, Annotation::vectorize}},
               target),
      static_cast<double>(threads * rows * row)};
}

}  // namespace tilewright::measure
