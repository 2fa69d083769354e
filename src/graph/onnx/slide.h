#pragma once

#include <algorithm>

#include "base/integer.h"

namespace tilewright::graph {

/// A window that slides along one dimension.
struct Slide {
  std::int64_t extent, kernel, stride, dilation;
  std::int64_t pad_begin = 0, pad_end = 0;

  /// Elements from the first tap to the last.
  std::int64_t reach() const { return (kernel - 1) * dilation + 1; }

  /// Padding for an output of ceil(extent / stride) elements; `upper`: the odd one at the end.
  void pad_to_same(bool upper) {
    const std::int64_t total = std::max<std::int64_t>((ceil_div(extent, stride) - 1) * stride + reach() - extent, 0);
    pad_begin = upper ? total / 2 : total - total / 2;
    pad_end = total - pad_begin;
  }

  /// How far the last window hangs over the padding in ceil_mode: it starts inside of the data or the padding before
  /// it.
  std::int64_t overhang() const {
    const std::int64_t span = extent + pad_begin + pad_end - reach();
    std::int64_t windows = ceil_div(span, stride) + 1;
    if ((windows - 1) * stride >= extent + pad_begin) --windows;  // it would see padding only
    return std::max<std::int64_t>((windows - 1) * stride - span, 0);
  }
};

}  // namespace tilewright::graph
