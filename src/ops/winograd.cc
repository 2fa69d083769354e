#include "ops/winograd.h"

#include <functional>
#include <limits>
#include <optional>

#include "base/integer.h"
#include "ops/broadcast.h"
#include "ops/check.h"
#include "ops/shape.h"
#include "ops/winograd_transforms.h"

namespace tilewright::ops {
namespace {

using te::Expr;
using te::Tensor;
using Indices = std::span<const Expr>;

constexpr std::int64_t kTaps = 3;

/// Where the tiles of all images lie, one after another.
struct Tiling {
  std::int64_t images, rows, columns, size;
  std::int64_t count() const { return images * rows * columns; }
  std::int64_t alpha() const { return size + kTaps - 1; }

  Expr image_of(const Expr& tile) const { return images == 1 ? Expr(0) : te::floor_div(tile, rows * columns); }
  Expr row_of(const Expr& tile) const {
    const Expr row = te::floor_div(tile, columns);
    return images == 1 ? row : te::floor_mod(row, rows);
  }
  Expr column_of(const Expr& tile) const { return te::floor_mod(tile, columns); }
  Expr tile_at(const Expr& image, const Expr& y, const Expr& x) const {
    const Expr tile = te::floor_div(y, size) * columns + te::floor_div(x, size);
    return images == 1 ? tile : image * (rows * columns) + tile;
  }
};

Tiling tiling_of(const Tensor& data, const WinogradParams& params, const Window2d& window) {
  const Tiling tiling{data.dim(0), ceil_div(window.out_h(data.dim(1)), params.tile),
                      ceil_div(window.out_w(data.dim(2)), params.tile), params.tile};
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  require(tiling.columns <= kMost / tiling.rows && tiling.images <= kMost / (tiling.rows * tiling.columns),
          "winograd_conv2d: {} images of {}x{} in tiles of {} are more than {} tiles", data.dim(0), data.dim(1),
          data.dim(2), params.tile, kMost);
  return tiling;
}

/// Checks the operands and gives the window.
Window2d check_operands(const Tensor& data, const Tensor& weights, const WinogradParams& params) {
  require(params.tile == 2 || params.tile == 4, "winograd_conv2d: tiles are 2 or 4 elements wide, not {}", params.tile);
  require_rank("winograd_conv2d", "data", data, 4, "NHWC");
  require_rank("winograd_conv2d", "weights", weights, 4, "rows, columns, input channel, output channel");
  require_same_type("winograd_conv2d", data, weights);
  require_float("winograd_conv2d", data);
  const std::int64_t alpha = params.tile + kTaps - 1;
  require(weights.dim(0) == alpha && weights.dim(1) == alpha,
          "winograd_conv2d: weights are {}x{}, expected {}x{} for tiles of {}", weights.dim(0), weights.dim(1), alpha,
          alpha, params.tile);
  require(weights.dim(2) == data.dim(3), "winograd_conv2d: weights take {} input channels, data has {}", weights.dim(2),
          data.dim(3));
  const Window2d window{.kernel_h = kTaps, .kernel_w = kTaps, .padding = params.padding};
  check_window("winograd_conv2d", window, data.dim(1), data.dim(2));
  return window;
}

/// coefficient * value added to `sum`, without multiplications by one.
void add_term(std::optional<Expr>& sum, double coefficient, const Expr& value) {
  if (coefficient == 0) return;
  if (sum && coefficient == -1)
    sum = *sum - value;
  else {
    const Expr term = coefficient == 1 ? value : value * te::constant(value.type(), coefficient);
    sum = sum ? *sum + term : term;
  }
}

/// Column `index` of `matrix` times the vector of values(0), values(1), …: a selection among as many sums as there are
/// columns, of which one is left where `index` is known.
Expr transformed(const Matrix& matrix, const Expr& index, const std::function<Expr(std::int64_t)>& values) {
  std::optional<Expr> chain;
  for (std::size_t column = matrix[0].size(); column-- > 0;) {
    std::optional<Expr> sum;
    for (std::size_t row = 0; row < matrix.size(); ++row)
      add_term(sum, matrix[row][column], values(static_cast<std::int64_t>(row)));
    const Expr is_it = te::binary(te::BinaryOp::eq, index, static_cast<std::int64_t>(column));
    chain = chain ? te::select(is_it, *sum, *chain) : *sum;
  }
  return *chain;
}

std::map<std::string, std::string> transform_tile(int first, std::int64_t first_length, int second,
                                                  std::int64_t second_length) {
  return {{"transform_tile", fmt::format("{}:{},{}:{}", first, first_length, second, second_length)}};
}

/// The image with its padding, and zeros as far as the last tiles reach.
Tensor padded_image(const Tensor& data, const Padding2d& padding, const Tiling& tiling) {
  const Padding2d all{.top = padding.top,
                      .left = padding.left,
                      .bottom = tiling.rows * tiling.size + kTaps - 1 - padding.top - data.dim(1),
                      .right = tiling.columns * tiling.size + kTaps - 1 - padding.left - data.dim(2)};
  return pad_image(data, all, te::constant(data.type(), 0));
}

Tensor transformed_data(const Tensor& image, const Tiling& tiling, const Matrix& matrix) {
  const std::int64_t alpha = tiling.alpha();
  const std::vector<std::int64_t> shape{alpha, alpha, tiling.count(), image.dim(3)};
  const std::vector<std::string> axes{"eps", "nu", "p", "ci"};
  const Tensor columns = te::compute(
      shape, "winograd_columns",
      [&](Indices at) {
        return transformed(matrix, at[0], [&](std::int64_t i) {
          return image(tiling.image_of(at[2]), tiling.row_of(at[2]) * tiling.size + i,
                       tiling.column_of(at[2]) * tiling.size + at[1], at[3]);
        });
      },
      axes, transform_tile(0, alpha, 1, alpha));
  return te::compute(
      shape, "winograd_data",
      [&](Indices at) {
        return transformed(matrix, at[1], [&](std::int64_t i) { return columns(at[0], i, at[2], at[3]); });
      },
      axes, transform_tile(0, alpha, 1, alpha));
}

Tensor transformed_back(const Tensor& product, const Tiling& tiling, const Matrix& matrix,
                        const std::vector<std::int64_t>& shape, std::string name) {
  const Tensor back = te::compute(
      {tiling.size, tiling.alpha(), tiling.count(), product.dim(3)}, "winograd_back",
      [&](Indices at) {
        return transformed(matrix, at[0], [&](std::int64_t i) { return product(i, at[1], at[2], at[3]); });
      },
      {"vh", "nu", "p", "co"}, transform_tile(0, tiling.size, 1, tiling.alpha()));
  return te::compute(
      shape, std::move(name),
      [&](Indices at) {
        const Expr row = te::floor_mod(at[1], tiling.size), tile = tiling.tile_at(at[0], at[1], at[2]);
        return transformed(matrix, te::floor_mod(at[2], tiling.size),
                           [&](std::int64_t i) { return back(row, i, tile, at[3]); });
      },
      {"nn", "yy", "xx", "ff"}, transform_tile(1, tiling.size, 2, tiling.size));
}

}  // namespace

Tensor winograd_conv2d(const Tensor& data, const Tensor& weights, const WinogradParams& params, std::string name) {
  const Window2d window = check_operands(data, weights, params);
  const Tiling tiling = tiling_of(data, params, window);
  const WinogradTransforms transforms = winograd_transforms(static_cast<std::size_t>(params.tile), kTaps);
  const Tensor transformed = transformed_data(padded_image(data, params.padding, tiling), tiling, transforms.data);
  const te::AxisRef rc = te::reduce_axis(data.dim(3), "rc");
  const Tensor product =
      te::compute({tiling.alpha(), tiling.alpha(), tiling.count(), weights.dim(3)}, "winograd_product",
                  [&](Indices at) {
                    return te::sum(transformed(at[0], at[1], at[2], rc) * weights(at[0], at[1], rc, at[3]), {rc});
                  },
                  {"eps", "nu", "p", "co"});
  return transformed_back(product, tiling, transforms.result,
                          {data.dim(0), window.out_h(data.dim(1)), window.out_w(data.dim(2)), weights.dim(3)},
                          std::move(name));
}

}  // namespace tilewright::ops
