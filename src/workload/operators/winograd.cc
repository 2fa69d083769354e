#include <array>
#include <limits>

#include "base/error.h"
#include "base/integer.h"
#include "ops/winograd_transforms.h"
#include "workload/operator.h"
#include "workload/window.h"

namespace tilewright::workload {
namespace {

using ops::Matrix;

/// A matrix of constants as a chain of selections, one per entry, as TVM writes it.
Tensor constant(const std::string& name, const Matrix& rows) {
  const auto height = static_cast<std::int64_t>(rows.size()), width = static_cast<std::int64_t>(rows[0].size());
  const auto equals = [](const Expr& i, std::int64_t size, std::int64_t value) {
    return te::binary(te::BinaryOp::eq, te::floor_mod(i, te::integer(size)), te::integer(value));
  };
  return te::compute({height, width}, name,
                     [&](Indices i) {
                       Expr chain(1.0F);
                       for (std::int64_t y = 0; y < height; ++y)
                         for (std::int64_t x = 0; x < width; ++x) {
                           const double entry = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
                           chain = te::select(equals(i[0], height, y) && equals(i[1], width, x),
                                              Expr(static_cast<float>(entry)), chain);
                         }
                       return chain;
                     },
                     {"i", "j"}, {{"const_matrix", "True"}});
}

std::map<std::string, std::string> constant_loops(const char* names) {
  return {{"auto_scheduler_simplify_const_tensor_indices", names}};
}

/// A convolution 3x3 of stride 1 and padding 1 by Winograd's F(m x m, 3 x 3), channels last, as topi writes it
/// (docs/ansor.md §3.2 rule 2): transform tiles, multiply them as alpha^2 matrices, transform back.
te::DagRef convolution(const Arguments& arguments) {
  constexpr std::int64_t kTaps = 3, kPad = 1;
  const std::int64_t n = arguments["n"], h = arguments["h"], w = arguments["w"], channels = arguments["ci"],
                     outputs = arguments["co"], m = arguments["m"], alpha = m + kTaps - 1;
  if (m != 2 && m != 4) throw Error(Code::bad_input, "m={}: Winograd tiles are 2 or 4 elements wide here", m);
  const std::int64_t rows = ceil_div(h, m), columns = ceil_div(w, m);
  constexpr std::int64_t kMostTiles = std::numeric_limits<std::int32_t>::max();
  if (columns > kMostTiles / rows || n > kMostTiles / (rows * columns))
    throw Error(Code::bad_input, "{} images of {}x{} in tiles of {} are more than {} tiles", n, h, w, m, kMostTiles);
  const std::int64_t tiles = n * rows * columns;
  const ops::WinogradTransforms t = ops::winograd_transforms(static_cast<std::size_t>(m), kTaps);

  const Tensor data = te::placeholder({n, h, w, channels}, "data"),
               kernel = te::placeholder({kTaps, kTaps, channels, outputs}, "kernel");
  const std::vector<std::int64_t> before{0, kPad, kPad, 0}, after{0, rows * m + kPad - h, columns * m + kPad - w, 0};
  const Tensor pad = padded(data, before, after, "data_pad");
  const Tensor input_tile =
      te::compute({alpha, alpha, tiles, channels}, "input_tile",
                  [&](Indices i) {
                    const Expr row = te::floor_mod(te::floor_div(i[2], te::integer(columns)), te::integer(rows)),
                               column = te::floor_mod(i[2], te::integer(columns));
                    return pad(te::floor_div(i[2], te::integer(rows * columns)), row * te::integer(m) + i[0],
                               column * te::integer(m) + i[1], i[3]);
                  },
                  {"eps", "nu", "p", "ci"});
  const Tensor b = constant("B", t.data);
  const te::AxisRef r_a = te::reduce_axis(alpha, "r_a"), r_b = te::reduce_axis(alpha, "r_b");
  const Tensor data_pack = te::compute(
      {alpha, alpha, tiles, channels}, "data_pack",
      [&](Indices i) { return te::sum(input_tile(r_a, r_b, i[2], i[3]) * b(r_a, i[0]) * b(r_b, i[1]), {r_a, r_b}); },
      {"eps", "nu", "p", "ci"}, constant_loops("eps,nu,r_a,r_b"));
  const Tensor g = constant("G", t.weights);
  const te::AxisRef r_kh = te::reduce_axis(kTaps, "r_kh"), r_kw = te::reduce_axis(kTaps, "r_kw");
  const Tensor kernel_pack = te::compute(
      {alpha, alpha, outputs, channels}, "kernel_pack",
      [&](Indices i) { return te::sum(kernel(r_kh, r_kw, i[3], i[2]) * g(i[0], r_kh) * g(i[1], r_kw), {r_kh, r_kw}); },
      {"eps", "nu", "co", "ci"});
  const te::AxisRef ci = te::reduce_axis(channels, "ci");
  const Tensor bgemm = te::compute(
      {alpha, alpha, tiles, outputs}, "bgemm",
      [&](Indices i) { return te::sum(data_pack(i[0], i[1], i[2], ci) * kernel_pack(i[0], i[1], i[3], ci), {ci}); },
      {"eps", "nu", "p", "co"});
  const Tensor a = constant("A", t.result);
  const te::AxisRef s_a = te::reduce_axis(alpha, "r_a"), s_b = te::reduce_axis(alpha, "r_b");
  const Tensor inverse = te::compute(
      {m, m, tiles, outputs}, "inverse",
      [&](Indices i) { return te::sum(bgemm(s_a, s_b, i[2], i[3]) * a(s_a, i[0]) * a(s_b, i[1]), {s_a, s_b}); },
      {"vh", "vw", "p", "co"}, constant_loops("vh,vw,r_a,r_b"));
  const Tensor out = te::compute({n, h, w, outputs}, "conv2d_winograd",
                                 [&](Indices i) {
                                   const Expr tile = te::integer(m);
                                   const Expr position = i[0] * te::integer(rows * columns) +
                                                         te::floor_div(i[1], tile) * te::integer(columns) +
                                                         te::floor_div(i[2], tile);
                                   return inverse(te::floor_mod(i[1], tile), te::floor_mod(i[2], tile), position, i[3]);
                                 },
                                 {"n", "h", "w", "co"});
  return te::Dag::make({data, kernel, out});
}

}  // namespace

std::span<const Operator> winograd() {
  static const std::array kOperators{
      Operator{"winograd_conv2d", {{"n", 1}, {"h"}, {"w", -1, "h"}, {"ci"}, {"co"}, {"m", 4}}, convolution}};
  return kOperators;
}

}  // namespace tilewright::workload
