#include "driver/compare.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "driver/elements.h"

namespace tilewright::driver {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double error_between(double actual, double expected) {
  if (std::isnan(actual) && std::isnan(expected)) return 0;
  if (actual == expected) return 0;  // infinities of one sign too
  const double error = std::abs(actual - expected);
  return std::isnan(error) ? kInfinity : error;
}

struct Errors {
  double absolute = 0, magnitude = 0;
};
Errors errors_of(const runtime::Tensor& actual, const runtime::Tensor& expected) {
  Errors errors;
  const std::vector<double> a = elements_as_double(actual), e = elements_as_double(expected);
  for (std::size_t i = 0; i < e.size(); ++i) {
    errors.absolute = std::max(errors.absolute, error_between(a[i], e[i]));
    if (std::isfinite(e[i])) errors.magnitude = std::max(errors.magnitude, std::abs(e[i]));
  }
  return errors;
}

double relative(const Errors& errors) {
  if (errors.absolute == 0) return 0;
  return errors.magnitude > 0 ? errors.absolute / errors.magnitude : kInfinity;
}

}  // namespace

Comparison compare(const NamedTensors& actual, const NamedTensors& expected, double rtol, double atol) {
  Comparison result;
  for (const auto& [name, tensor] : expected) {
    const auto output = actual.find(name);
    if (output == actual.end()) {
      std::vector<std::string> known;
      for (const auto& [other, unused] : actual) known.push_back(other);
      throw Error(Code::bad_input, "expected tensor {} is no output of the model; its outputs are {}", name,
                  fmt::join(known, ", "));
    }
    if (output->second.shape() != tensor.shape())
      throw Error(Code::bad_input, "expected tensor {} has shape {}, the output has {}", name,
                  shape_text(tensor.shape()), shape_text(output->second.shape()));
    const Errors errors = errors_of(output->second, tensor);
    result.match = result.match && errors.absolute <= atol + rtol * errors.magnitude;
    result.max_abs_error = std::max(result.max_abs_error, errors.absolute);
    if (result.worst.empty() || relative(errors) > result.max_rel_error) result.worst = name;
    result.max_rel_error = std::max(result.max_rel_error, relative(errors));
  }
  return result;
}

}  // namespace tilewright::driver
