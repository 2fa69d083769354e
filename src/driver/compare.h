#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "driver/tensors/npz.h"

namespace tilewright::driver {

/// An element that is not as it must be.
struct Difference {
  std::string output;
  std::vector<std::int64_t> index;
  std::string actual, expected;  ///< as texts: neither NaN nor a large integer is lost on the way to people
};

/// How far outputs are from what was expected. Integers and booleans must be the same; of floating-point outputs every
/// |actual - expected| must be at most atol + rtol * largest finite magnitude expected of the output, NaN must meet
/// NaN, and infinity the same infinity, whatever the tolerance.
struct Comparison {
  double max_abs_error = 0;  ///< over all outputs; infinity where one side alone is NaN, or infinities differ
  double max_rel_error = 0;  ///< error relative to the largest finite magnitude expected of that output
  bool match = true;
  std::string worst;                ///< the output with the largest relative error
  std::optional<Difference> first;  ///< of the outputs by name, and of the elements in memory order
};

/// Compares every expected tensor with the output of its name.
/// Errors: Error(bad_input) if there is none, one is no output, or has another shape or type; names both.
/// Floating-point types of another width are compared, as f64: a reference may be more exact than what it is for.
Comparison compare(const NamedTensors& actual, const NamedTensors& expected, double rtol, double atol);

}  // namespace tilewright::driver
