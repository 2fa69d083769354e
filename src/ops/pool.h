#pragma once

#include "ops/window.h"

namespace tilewright::ops {

/// Rows and columns past the padding that the last windows may hang over (what "ceil mode" needs). They hold nothing:
/// an average never counts them.
struct Overhang {
  std::int64_t bottom = 0, right = 0;
};

/// Largest element under each window; padding holds the lowest value of the type.
///
/// Shapes   x [n, h, w, c] -> [n, oh, ow, c] (Window2d::out_h and out_w, overhang counted as padding).
/// Stages   "pad_temp" when any padding is non-zero, then `name` with axes ax0 … ax3 and reductions rv0, rv1.
/// Errors   bad_input: rank, a window that does not fit, padding as large as the window.
te::Tensor max_pool2d(const te::Tensor& x, const Window2d& window, const Overhang& overhang = {},
                      std::string name = "pool_max");

/// Mean of the elements under each window: over all kernel_h * kernel_w taps but the overhang with `count_include_pad`,
/// else over those inside the image.
///
/// Shapes   as max_pool2d. A window that hits nothing gives 0.
/// Stages   "pad_temp" when any padding is non-zero, "pool_sum", then `name`.
/// Errors   as max_pool2d; a type that is not a float.
te::Tensor avg_pool2d(const te::Tensor& x, const Window2d& window, bool count_include_pad,
                      const Overhang& overhang = {}, std::string name = "pool_avg");

/// Largest element and mean of each channel: [n, h, w, c] -> [n, 1, 1, c].
te::Tensor global_max_pool2d(const te::Tensor& x, std::string name = "global_pool_max");
te::Tensor global_avg_pool2d(const te::Tensor& x, std::string name = "global_pool_avg");

}  // namespace tilewright::ops
