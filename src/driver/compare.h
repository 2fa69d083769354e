#pragma once

#include "driver/npz.h"

namespace tilewright::driver {

/// How far outputs are from what was expected.
struct Comparison {
  double max_abs_error = 0;  ///< over all outputs; infinity where one side alone is NaN, or infinities differ
  double max_rel_error = 0;  ///< error relative to the largest finite magnitude expected of that output
  bool match = true;  ///< everywhere |actual - expected| <= atol + rtol * largest magnitude expected of the output
  std::string worst;  ///< the output with the largest relative error
};

/// Compares every expected tensor with the output of its name, as f64 whatever the types.
/// Errors: Error(bad_input) if an expected tensor is no output or has another shape; names both.
Comparison compare(const NamedTensors& actual, const NamedTensors& expected, double rtol, double atol);

}  // namespace tilewright::driver
