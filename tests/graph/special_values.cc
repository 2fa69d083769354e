#include "special_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/rounding.h"

namespace tilewright::graph {
namespace {

template <class Number>
std::vector<Real> special_floats() {
  using Limits = std::numeric_limits<Number>;
  std::vector<Real> values{Limits::quiet_NaN(), 0.0L, -0.0L};
  for (const Number v : {Limits::infinity(), Limits::max(), Limits::min(), Limits::denorm_min(), Limits::min() / 3,
                         Number(0.1), Number(0.5), Number(1), Number(2.5), Number(3), Number(20), Number(100),
                         Number(1e10), Number(1e30), Number(1e-8), Number(1e-30)}) {
    values.push_back(v);
    values.push_back(-v);
  }
  return values;
}

int mantissa_bits(DType type) { return type == DType::f64 ? 53 : 24; }
int least_exponent(DType type) { return type == DType::f64 ? -1022 : -126; }

}  // namespace

std::vector<Real> special_values(DType type) {
  if (type == DType::boolean) return {0, 1};
  if (type == DType::f64) return special_floats<double>();
  if (is_float(type)) return special_floats<float>();
  std::vector<Real> values;
  for (const std::int64_t v : {lowest_integer(type), highest_integer(type)}) values.push_back(v);
  for (const int v : {0, 1, 2, 3, 7, 100, -1, -2, -3, -7, -100})
    if (v >= values[0]) values.push_back(v);
  return values;
}

bool agree(DType type, Real found, Real expected, const Tolerance& tolerance) {
  if (std::isnan(expected)) return std::isnan(found);
  if (found == expected || found == rounded(type, expected)) return true;
  if (!is_float(type) || !std::isfinite(found)) return false;
  const int exponent = expected == 0 ? least_exponent(type) : std::max(std::ilogb(expected), least_exponent(type));
  const Real ulp = std::ldexp(Real(1), exponent - mantissa_bits(type) + 1);
  const Real denormal = std::ldexp(Real(1), least_exponent(type));
  if (std::fabs(expected) < denormal && (found == 0 || (tolerance.ulps > 0 && std::fabs(found) < denormal)))
    return true;
  const Real absolute = std::ldexp(Real(tolerance.absolute), 24 - mantissa_bits(type));
  return std::fabs(found - expected) <= (tolerance.ulps + 0.5) * ulp + absolute;
}

}  // namespace tilewright::graph
