#pragma once

#include <string>
#include <vector>

#include "te/dag.h"

namespace tilewright::workloads {

/// A matrix of constants as a chain of selections, one per entry, as TVM writes it.
inline te::Tensor constant_matrix(const std::string& name, const std::vector<std::vector<float>>& rows) {
  const auto height = static_cast<std::int64_t>(rows.size()), width = static_cast<std::int64_t>(rows[0].size());
  const auto equals = [](const te::Expr& i, std::int64_t size, std::int64_t value) {
    return te::binary(te::BinaryOp::eq, te::floor_mod(i, te::integer(size)), te::integer(value));
  };
  return te::compute({height, width}, name,
                     [&](std::span<const te::Expr> i) {
                       te::Expr chain(1.0F);
                       for (std::int64_t y = 0; y < height; ++y)
                         for (std::int64_t x = 0; x < width; ++x)
                           chain = te::select(equals(i[0], height, y) && equals(i[1], width, x),
                                              te::Expr(rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)]),
                                              chain);
                       return chain;
                     },
                     {"i", "j"}, {{"const_matrix", "True"}});
}

/// Winograd's F(4x4, 3x3) with the interpolation points 0, -1, 1, 1/2, -2: 28x28 elements of 128 to 128 channels,
/// stride 1, pad 1, in 49 tiles of 4x4, whose kernel comes transformed (docs/ansor.md §3.2 rule 2). Where the kernel is
/// transformed, too, it is the workload winograd_conv2d.
inline te::DagRef winograd_conv2d_nhwc_nwt() {
  using Indices = std::span<const te::Expr>;
  const te::Expr tile(4), tiles(7);
  const te::Tensor data = te::placeholder({1, 28, 28, 128}, "data");
  const te::Tensor pad = te::compute({1, 30, 30, 128}, "data_pad", [&](Indices i) {
    const te::Expr one(1), end(29);
    const te::Expr inside = i[1] >= one && i[1] < end && i[2] >= one && i[2] < end;
    return te::select(inside, data(i[0], i[1] - one, i[2] - one, i[3]), te::Expr(0.0F));
  });
  const te::Tensor input_tile = te::compute(
      {6, 6, 49, 128}, "input_tile",
      [&](Indices i) {
        const te::Expr row = te::floor_mod(te::floor_div(i[2], tiles), tiles), column = te::floor_mod(i[2], tiles);
        return pad(te::floor_div(i[2], te::Expr(49)), row * tile + i[0], column * tile + i[1], i[3]);
      },
      {"eps", "nu", "p", "ci"});
  const te::Tensor b = constant_matrix("B", {{1, 0, 0, 0, 0, 0},
                                             {-1.5F, 1, -1, -2, 0.5F, 1},
                                             {-2, -2.5F, 0.5F, -1, -1, -1.5F},
                                             {1.5F, 0.5F, 2.5F, 2, -0.5F, -2},
                                             {1, 1, 1, 1, 1, 1.5F},
                                             {0, 0, 0, 0, 0, 1}});
  const auto constant_loops = [](const char* names) {
    return std::map<std::string, std::string>{{"auto_scheduler_simplify_const_tensor_indices", names}};
  };
  const te::AxisRef r_a = te::reduce_axis(6, "r_a"), r_b = te::reduce_axis(6, "r_b");
  const te::Tensor data_pack = te::compute(
      {6, 6, 49, 128}, "data_pack",
      [&](Indices i) { return te::sum(input_tile(r_a, r_b, i[2], i[3]) * b(r_a, i[0]) * b(r_b, i[1]), {r_a, r_b}); },
      {"eps", "nu", "p", "ci"}, constant_loops("eps,nu,r_a,r_b"));

  const te::Tensor kernel = te::placeholder({6, 6, 128, 128}, "kernel_packed");
  const te::AxisRef ci = te::reduce_axis(128, "ci");
  const te::Tensor bgemm = te::compute(
      {6, 6, 49, 128}, "bgemm",
      [&](Indices i) { return te::sum(data_pack(i[0], i[1], i[2], ci) * kernel(i[0], i[1], i[3], ci), {ci}); },
      {"eps", "nu", "p", "co"});
  const te::Tensor a = constant_matrix(
      "A", {{1, 0, 0, 0}, {1, -1, 1, -1}, {1, 1, 1, 1}, {1, 0.5F, 0.25F, 0.125F}, {1, -2, 4, -8}, {0, 0, 0, 1}});
  const te::AxisRef s_a = te::reduce_axis(6, "r_a"), s_b = te::reduce_axis(6, "r_b");
  const te::Tensor inverse = te::compute(
      {4, 4, 49, 128}, "inverse",
      [&](Indices i) { return te::sum(bgemm(s_a, s_b, i[2], i[3]) * a(s_a, i[0]) * a(s_b, i[1]), {s_a, s_b}); },
      {"vh", "vw", "p", "co"}, constant_loops("vh,vw,r_a,r_b"));
  const te::Tensor out = te::compute(
      {1, 28, 28, 128}, "conv2d_winograd",
      [&](Indices i) {
        const te::Expr position = i[0] * te::Expr(49) + te::floor_div(i[1], tile) * tiles + te::floor_div(i[2], tile);
        return inverse(te::floor_mod(i[1], tile), te::floor_mod(i[2], tile), position, i[3]);
      },
      {"n", "h", "w", "co"});
  return te::Dag::make({data, kernel, out});
}

}  // namespace tilewright::workloads
