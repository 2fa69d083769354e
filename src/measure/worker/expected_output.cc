#include "measure/worker/expected_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/element.h"
#include "base/integer.h"
#include "base/match.h"

namespace tilewright::measure {
namespace {

/// Outputs that are zero all over still come from values of about 1 (fill_input).
constexpr double kLeastMagnitude = 1e-5;
constexpr double kTwoRoundingsOfBf16 = 0x1p-7;

double largest_magnitude(DType type, const void* data, std::int64_t elements) {
  double largest = kLeastMagnitude;
  for (std::int64_t i = 0; i < elements; ++i) {
    const double magnitude = std::abs(to_double(load_element(type, data, i)));
    if (std::isfinite(magnitude)) largest = std::max(largest, magnitude);
  }
  return largest;
}

/// Whether all finite elements are within the bound; false also when a comparison involves NaN or infinity.
bool all_close(const float* found, const float* expected, std::int64_t elements, float bound) {
  std::int64_t far = 0;
  for (std::int64_t i = 0; i < elements; ++i) far += std::abs(found[i] - expected[i]) <= bound ? 0 : 1;
  return far == 0;
}

std::string number_text(const Number& number) {
  return match_variant(
      number, [](std::int64_t integer) { return fmt::to_string(integer); },
      [](double real) { return fmt::format("{:.9g}", real); });
}

}  // namespace

std::string position_text(const std::vector<std::int64_t>& shape, std::int64_t index) {
  std::vector<std::int64_t> position(shape.size());
  for (std::size_t d = shape.size(); d-- > 0; index /= shape[d]) position[d] = index % shape[d];
  return fmt::format("[{}]", fmt::join(position, ", "));
}

ExpectedOutput::ExpectedOutput(std::string name, DType type, std::vector<std::int64_t> shape, std::string bytes,
                               double tolerance)
    : name_(std::move(name)), type_(type), shape_(std::move(shape)), bytes_(std::move(bytes)) {
  if (!is_float(type_)) return;
  if (type_ == DType::bf16) tolerance = std::max(tolerance, kTwoRoundingsOfBf16);
  bound_ = tolerance * largest_magnitude(type_, bytes_.data(), product(shape_));
}

bool ExpectedOutput::matches(const Number& found, const Number& expected) const {
  if (!is_float(type_)) return found == expected;
  const double a = to_double(found), b = to_double(expected);
  if (std::isnan(b)) return std::isnan(a);
  return a == b || std::abs(a - b) <= bound_;
}

std::optional<std::string> ExpectedOutput::mismatch(const void* found) const {
  const std::int64_t elements = product(shape_);
  if (type_ == DType::f32 && all_close(static_cast<const float*>(found), reinterpret_cast<const float*>(bytes_.data()),
                                       elements, static_cast<float>(bound_))) {
    return std::nullopt;
  }
  std::int64_t wrong = 0, first = -1;
  for (std::int64_t i = 0; i < elements; ++i) {
    if (matches(load_element(type_, found, i), load_element(type_, bytes_.data(), i))) continue;
    if (wrong++ == 0) first = i;
  }
  if (wrong == 0) return std::nullopt;
  const auto text = [&](const void* data) { return number_text(load_element(type_, data, first)); };
  return fmt::format("output {} is wrong at {}: expected {}, found {} ({} of {} elements differ by more than {:.3g})",
                     name_, position_text(shape_, first), text(bytes_.data()), text(found), wrong, elements, bound_);
}

}  // namespace tilewright::measure
