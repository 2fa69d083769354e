#include <algorithm>

#include "base/integer.h"
#include "space/defaults/plan.h"
#include "space/queries.h"
#include "space/strides.h"

namespace tilewright::space {
namespace {

constexpr std::int64_t kMaxReduction = 32;  ///< above it, the copy is cheap next to the work
constexpr std::int64_t kMinBand = 4;        ///< below it, neighbouring bands compute too much twice

/// A stage without reduction that only `reader` reads, with as many axes.
bool may_attach(const schedule::State& state, int stage, int reader) {
  const schedule::Stage& s = state.stage(stage);
  return !s.is_placeholder() && s.compute_at == schedule::ComputeAt::root && s.tensor->reduce_axes.empty() &&
         consumers(state, stage) == std::vector<int>{reader} && s.tensor.rank() == state.stage(reader).tensor.rank();
}

}  // namespace

int plan_band(const schedule::State& state, int stage, const Hardware& hardware, ReductionPlan& plan) {
  const te::Tensor& tensor = state.stage(stage).tensor;
  std::int64_t reduction = 1;
  for (const te::AxisRef& axis : tensor->reduce_axes) reduction *= axis->extent;
  const std::vector<int>& reads = state.dag()->reads(stage);
  const auto producer = std::find_if(reads.begin(), reads.end(), [&](int s) { return may_attach(state, s, stage); });
  if (producer == reads.end() || reduction > kMaxReduction || plan.is_blocked()) return -1;

  const te::Tensor& padded = state.stage(*producer).tensor;
  const std::int64_t bytes = padded->elements() * bytes_of(padded.type());
  if (bytes < hardware.l2_bytes) return -1;  // stays in the cache as it is
  for (int a = 0; a < tensor.rank(); ++a) {
    const auto axis = static_cast<std::size_t>(a);
    if (tensor.dim(a) == 1) continue;
    if (a == plan.vector_axis || plan.tile[axis] > 1) return -1;
    const std::int64_t fitting = hardware.l2_bytes / 4 * tensor.dim(a) / bytes;
    std::int64_t band = 1;
    for (std::int64_t divisor : divisors(tensor.dim(a)))
      if (divisor <= fitting && divisor * 2 * hardware.cores <= tensor.dim(a)) band = divisor;
    if (band < kMinBand) return -1;
    plan.band_axis = a;
    plan.band = band;
    return *producer;
  }
  return -1;
}

}  // namespace tilewright::space
