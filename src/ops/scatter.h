#pragma once

#include <optional>

#include "te/tensor.h"

namespace tilewright::ops {

/// `data` with `updates` put at the positions that `indices` gives along `axis`, combined with what is there; without a
/// combiner they replace it, and where several meet, the last one counts. Indices outside of [-extent, extent) touch
/// nothing; negative ones count from the back.
///
/// Shapes   updates: that of data but along `axis`; indices (i32 or i64): that of updates, or 1 along dimensions other
///          than `axis` in which they do not differ.
/// Stages   with a combiner "`name`_updates", the combined updates of each element, and `name`; without "`name`_last",
///          the last update that meets it, and `name`: the work is that of every position with every update.
/// Errors   bad_input: what does not fit.
te::Tensor scatter(std::optional<te::Combiner> combiner, const te::Tensor& data, const te::Tensor& indices,
                   const te::Tensor& updates, int axis, std::string name = "T_scatter");

/// The positions (i64) of the `k` largest or smallest elements along `axis`, in that order; of equal ones the first
/// comes first, and NaN is the largest number.
///
/// Stages   "`name`_rank", the place of each element in the whole order, and `name`: the work is quadratic in the
/// extent. Errors   bad_input: an axis outside of the rank, a k outside of [1, extent], bool elements.
te::Tensor top_k(const te::Tensor& x, std::int64_t k, int axis, bool largest, std::string name = "T_topk");

}  // namespace tilewright::ops
