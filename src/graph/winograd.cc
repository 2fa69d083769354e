#include "graph/winograd.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/fill_input.h"
#include "ops/winograd_transforms.h"

namespace tilewright::graph {
namespace {

constexpr std::int64_t kTaps = 3;
constexpr std::int64_t kSide = 4;    ///< positions on a side of what an error is measured on
constexpr std::int64_t kImages = 2;  ///< of as many positions
constexpr std::int64_t kInputSide = kSide + kTaps - 1;

/// left^T x right for a square x, both matrices given by rows, in the arithmetic of T, columns first.
template <class T>
std::vector<T> transform(const ops::Matrix& left, const std::vector<T>& x, const ops::Matrix& right) {
  const std::size_t n = left.size(), rows = left[0].size(), columns = right[0].size();
  std::vector<T> half(rows * n, T(0)), result(rows * columns, T(0));
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t j = 0; j < n; ++j) half[i * n + j] += static_cast<T>(left[k][i]) * x[k * n + j];
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t j = 0; j < columns; ++j)
        result[i * columns + j] += static_cast<T>(right[k][j]) * half[i * n + k];
  return result;
}

ops::Matrix transposed(const ops::Matrix& matrix) {
  ops::Matrix result(matrix[0].size(), std::vector<double>(matrix.size()));
  for (std::size_t i = 0; i < matrix.size(); ++i)
    for (std::size_t j = 0; j < matrix[0].size(); ++j) result[j][i] = matrix[i][j];
  return result;
}

/// One input image [kInputSide, kInputSide, ci].
struct Image {
  std::int64_t channels;
  std::vector<float> values;
  float at(std::int64_t y, std::int64_t x, std::int64_t c) const {
    return values[static_cast<std::size_t>((y * kInputSide + x) * channels + c)];
  }
};

Image random_image(std::int64_t channels, std::uint64_t seed, int number) {
  Image image{channels, std::vector<float>(static_cast<std::size_t>(kInputSide * kInputSide * channels))};
  fill_input(DType::f32, image.values.data(), kInputSide * kInputSide * channels, seed, number);
  return image;
}

/// sum[c] += factor * weights[c] over the output channels.
template <class T>
void add_scaled(std::span<T> sum, T factor, const float* weights) {
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += factor * static_cast<T>(weights[c]);
}

/// Results [kSide, kSide, co] from the definition, in f64.
std::vector<double> direct_results(const Image& image, const runtime::Tensor& weights) {
  const std::int64_t ci = weights.shape()[2], co = weights.shape()[3];
  const float* taps = weights.as<float>().data();
  std::vector<double> results(static_cast<std::size_t>(kSide * kSide * co), 0);
  for (std::int64_t y = 0; y < kSide; ++y)
    for (std::int64_t x = 0; x < kSide; ++x) {
      const std::span<double> sum(results.data() + (y * kSide + x) * co, static_cast<std::size_t>(co));
      for (std::int64_t tap = 0; tap < kTaps * kTaps; ++tap)
        for (std::int64_t c = 0; c < ci; ++c)
          add_scaled<double>(sum, image.at(y + tap / kTaps, x + tap % kTaps, c), taps + (tap * ci + c) * co);
    }
  return results;
}

/// The tile of the image that starts at (y, x), of one channel, transformed in f32.
std::vector<float> transformed_tile(const Image& image, const ops::Matrix& matrix, std::int64_t y, std::int64_t x,
                                    std::int64_t channel) {
  const auto alpha = static_cast<std::int64_t>(matrix.size());
  std::vector<float> tile;
  for (std::int64_t i = 0; i < alpha; ++i)
    for (std::int64_t j = 0; j < alpha; ++j) tile.push_back(image.at(y + i, x + j, channel));
  return transform(matrix, tile, matrix);
}

/// Results [tile, tile, co] of the tile at (y, x), in f32; `transformed`: weights [alpha, alpha, ci, co].
std::vector<float> tile_results(const Image& image, const runtime::Tensor& transformed,
                                const ops::WinogradTransforms& transforms, std::int64_t y, std::int64_t x) {
  const auto alpha = static_cast<std::size_t>(transformed.shape()[0]), tile = alpha - kTaps + 1;
  const auto ci = static_cast<std::size_t>(image.channels), co = static_cast<std::size_t>(transformed.shape()[3]);
  const float* weights = transformed.as<float>().data();
  std::vector<float> products(alpha * alpha * co, 0), results(tile * tile * co);
  for (std::size_t c = 0; c < ci; ++c) {
    const std::vector<float> data = transformed_tile(image, transforms.data, y, x, static_cast<std::int64_t>(c));
    for (std::size_t e = 0; e < alpha * alpha; ++e)
      add_scaled<float>({products.data() + e * co, co}, data[e], weights + (e * ci + c) * co);
  }
  std::vector<float> of_channel(alpha * alpha);
  for (std::size_t c = 0; c < co; ++c) {
    for (std::size_t e = 0; e < alpha * alpha; ++e) of_channel[e] = products[e * co + c];
    const std::vector<float> result = transform(transforms.result, of_channel, transforms.result);
    for (std::size_t e = 0; e < tile * tile; ++e) results[e * co + c] = result[e];
  }
  return results;
}

struct Largest {
  double error = 0, result = 0;
};

/// Compares the tile of results at (y, x) with the exact ones, [kSide, kSide, co].
void compare(const std::vector<float>& found, std::int64_t tile, std::int64_t y, std::int64_t x,
             const std::vector<double>& exact, Largest& largest) {
  const auto co = static_cast<std::int64_t>(exact.size()) / (kSide * kSide);
  for (std::int64_t e = 0; e < tile * tile * co; ++e) {
    const std::int64_t row = y + e / (tile * co), column = x + e / co % tile;
    const double expected = exact[static_cast<std::size_t>((row * kSide + column) * co + e % co)];
    const double error = std::abs(static_cast<double>(found[static_cast<std::size_t>(e)]) - expected);
    if (!std::isnan(largest.error) && !(error <= largest.error)) largest.error = error;
    largest.result = std::max(largest.result, std::abs(expected));
  }
}

}  // namespace

Shape winograd_shape(const Shape& weights, std::int64_t tile) {
  return {tile + kTaps - 1, tile + kTaps - 1, weights[2], weights[3]};
}

runtime::Tensor winograd_weights(const runtime::Tensor& weights, std::int64_t tile) {
  const ops::Matrix matrix = transposed(ops::winograd_transforms(static_cast<std::size_t>(tile), kTaps).weights);
  runtime::Tensor result(DType::f32, winograd_shape(weights.shape(), tile));
  const auto pairs = static_cast<std::size_t>(weights.shape()[2] * weights.shape()[3]);
  const std::span<const float> taps = weights.as<float>();
  const std::span<float> out = result.as<float>();
  std::vector<double> of_pair(kTaps * kTaps);
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    for (std::size_t tap = 0; tap < of_pair.size(); ++tap) of_pair[tap] = taps[tap * pairs + pair];
    const std::vector<double> transformed = transform(matrix, of_pair, matrix);
    for (std::size_t e = 0; e < transformed.size(); ++e) out[e * pairs + pair] = static_cast<float>(transformed[e]);
  }
  return result;
}

double winograd_error(const runtime::Tensor& weights, std::int64_t tile, std::uint64_t seed) {
  const ops::WinogradTransforms transforms = ops::winograd_transforms(static_cast<std::size_t>(tile), kTaps);
  const runtime::Tensor transformed = winograd_weights(weights, tile);
  Largest largest;
  for (int number = 0; number < kImages; ++number) {
    const Image image = random_image(weights.shape()[2], seed, number);
    const std::vector<double> exact = direct_results(image, weights);
    for (std::int64_t y = 0; y < kSide; y += tile)
      for (std::int64_t x = 0; x < kSide; x += tile)
        compare(tile_results(image, transformed, transforms, y, x), tile, y, x, exact, largest);
  }
  return largest.error == 0 ? 0 : largest.error / largest.result;
}

}  // namespace tilewright::graph
