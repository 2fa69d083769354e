#include "ops/winograd_transforms.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace tilewright::ops {
namespace {

constexpr std::array kPoints{0.0, -1.0, 1.0, 0.5, -2.0};

Matrix zeros(std::size_t rows, std::size_t columns) { return Matrix(rows, std::vector<double>(columns, 0)); }

/// Coefficients of the product of (x - p) over all points but number `without`, lowest power first.
std::vector<double> product_without(const std::vector<double>& points, std::size_t without) {
  std::vector<double> polynomial{1};
  for (std::size_t k = 0; k < points.size(); ++k) {
    if (k == without) continue;
    polynomial.insert(polynomial.begin(), 0);
    for (std::size_t d = 0; d + 1 < polynomial.size(); ++d) polynomial[d] -= points[k] * polynomial[d + 1];
  }
  return polynomial;
}

}  // namespace

WinogradTransforms winograd_transforms(std::size_t m, std::size_t r) {
  const std::size_t alpha = m + r - 1;
  TW_CHECK(alpha - 1 <= kPoints.size(), "F({}, {}) needs {} points, there are {}", m, r, alpha - 1, kPoints.size());
  const std::vector<double> points(kPoints.begin(), kPoints.begin() + static_cast<std::ptrdiff_t>(alpha) - 1);
  WinogradTransforms t{zeros(alpha, alpha), zeros(alpha, r), zeros(alpha, m)};
  for (std::size_t i = 0; i + 1 < alpha; ++i) {
    double scale = 1, power = 1;
    for (std::size_t k = 0; k < points.size(); ++k)
      if (k != i) scale *= points[i] - points[k];
    for (std::size_t j = 0; j < std::max(m, r); ++j, power *= points[i]) {
      if (j < m) t.result[i][j] = power;
      if (j < r) t.weights[i][j] = power / scale;
    }
    const std::vector<double> column = product_without(points, i);
    for (std::size_t d = 0; d < column.size(); ++d) t.data[d][i] = column[d];
  }
  t.result[alpha - 1][m - 1] = t.weights[alpha - 1][r - 1] = 1;
  const std::vector<double> last = product_without(points, points.size());
  for (std::size_t d = 0; d < last.size(); ++d) t.data[d][alpha - 1] = last[d];
  return t;
}

}  // namespace tilewright::ops
