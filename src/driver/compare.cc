#include "driver/compare.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/shape_text.h"
#include "driver/tensors/elements.h"

namespace tilewright::driver {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Errors {
  double absolute = 0, magnitude = 0;
  std::optional<std::size_t> first;  ///< element that is not as it must be
  std::string actual, expected;      ///< there
};

double error_between(double actual, double expected) {
  if (std::isnan(actual) && std::isnan(expected)) return 0;
  if (actual == expected) return 0;  // infinities of one sign too
  const double error = std::abs(actual - expected);
  return std::isnan(error) ? kInfinity : error;
}

/// Exact for all that differs by less than 2^53.
double error_between(std::int64_t actual, std::int64_t expected) {
  const auto larger = static_cast<std::uint64_t>(std::max(actual, expected));
  return static_cast<double>(larger - static_cast<std::uint64_t>(std::min(actual, expected)));
}

double magnitude_of(double value) { return std::isfinite(value) ? std::abs(value) : 0; }
double magnitude_of(std::int64_t value) { return std::abs(static_cast<double>(value)); }

std::string text_of(double value) { return fmt::format("{:.9g}", value); }
std::string text_of(std::int64_t value) { return fmt::format("{}", value); }

template <class Value>
Errors errors_between(const std::vector<Value>& actual, const std::vector<Value>& expected, double rtol, double atol) {
  Errors errors;
  for (const Value value : expected) errors.magnitude = std::max(errors.magnitude, magnitude_of(value));
  const double allowed = std::min(atol + rtol * errors.magnitude, std::numeric_limits<double>::max());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = error_between(actual[i], expected[i]);
    errors.absolute = std::max(errors.absolute, error);
    if (error <= allowed || errors.first) continue;
    errors.first = i;
    errors.actual = text_of(actual[i]), errors.expected = text_of(expected[i]);
  }
  return errors;
}

Errors errors_of(const runtime::Tensor& actual, const runtime::Tensor& expected, double rtol, double atol) {
  if (is_float(expected.type()))
    return errors_between(elements_as_double(actual), elements_as_double(expected), rtol, atol);
  return errors_between(elements_as_integer(actual), elements_as_integer(expected), 0, 0);
}

double relative(const Errors& errors) {
  if (errors.absolute == 0) return 0;
  return errors.magnitude > 0 ? errors.absolute / errors.magnitude : kInfinity;
}

std::vector<std::int64_t> index_of(std::size_t element, const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> index(shape.size());
  auto rest = static_cast<std::int64_t>(element);
  for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) index[d] = rest % shape[d];
  return index;
}

/// The output that `tensor` is expected of.
const runtime::Tensor& counterpart(const std::string& name, const runtime::Tensor& tensor, const NamedTensors& actual) {
  const auto output = actual.find(name);
  if (output == actual.end()) {
    std::vector<std::string> known;
    for (const auto& [other, unused] : actual) known.push_back(other);
    throw Error(Code::bad_input, "expected tensor {} is no output of the model; its outputs are {}", name,
                fmt::join(known, ", "));
  }
  const runtime::Tensor& found = output->second;
  if (found.shape() != tensor.shape())
    throw Error(Code::bad_input, "expected tensor {} has shape {}, the output has {}", name, shape_text(tensor.shape()),
                shape_text(found.shape()));
  const bool are_floats = is_float(found.type()) && is_float(tensor.type());
  if (found.type() != tensor.type() && !are_floats)
    throw Error(Code::bad_input, "expected tensor {} is of type {}, the output is {}", name, to_text(tensor.type()),
                to_text(found.type()));
  return found;
}

}  // namespace

Comparison compare(const NamedTensors& actual, const NamedTensors& expected, double rtol, double atol) {
  if (expected.empty())
    throw Error(Code::bad_input, "there is nothing to compare the outputs with: no tensor is expected");
  Comparison result;
  for (const auto& [name, tensor] : expected) {
    const Errors errors = errors_of(counterpart(name, tensor, actual), tensor, rtol, atol);
    result.match = result.match && !errors.first;
    if (errors.first && !result.first)
      result.first = {name, index_of(*errors.first, tensor.shape()), errors.actual, errors.expected};
    result.max_abs_error = std::max(result.max_abs_error, errors.absolute);
    if (result.worst.empty() || relative(errors) > result.max_rel_error) result.worst = name;
    result.max_rel_error = std::max(result.max_rel_error, relative(errors));
  }
  return result;
}

}  // namespace tilewright::driver
