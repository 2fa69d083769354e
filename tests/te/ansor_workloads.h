#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include "base/error.h"
#include "te/dag.h"

namespace tilewright::te {

// The definitions of ansor_facts.h rebuilt with te, stage by stage as TVM's topi writes them.
using Indices = std::span<const Expr>;

inline Tensor pad_rows_and_columns(const Tensor& x, std::string name, int first, double value,
                                   std::vector<std::string> axes = {}) {
  const auto d = static_cast<std::size_t>(first);
  std::vector<std::int64_t> shape = x.shape();
  shape[d] += 2, shape[d + 1] += 2;
  return compute(
      shape, std::move(name),
      [&](Indices i) {
        const Expr rows = i[d] >= Expr(1) && i[d] < integer(shape[d] - 1);
        const Expr inside = rows && i[d + 1] >= Expr(1) && i[d + 1] < integer(shape[d + 1] - 1);
        std::vector<Expr> source(i.begin(), i.end());
        source[d] = i[d] - 1, source[d + 1] = i[d + 1] - 1;
        return select(inside, x(source), constant(x.type(), value));
      },
      std::move(axes));
}

inline Tensor relu_stage(const Tensor& x) {
  return compute(x.shape(), "compute",
                 [&](Indices i) { return max(x(std::vector<Expr>(i.begin(), i.end())), constant(x.type(), 0)); });
}

inline DagRef matmul_512() {
  const Tensor a = placeholder({512, 512}, "A"), b = placeholder({512, 512}, "B");
  const AxisRef k = reduce_axis(512, "k");
  const Tensor c = compute({512, 512}, "C", [&](Indices i) { return sum(a(i[0], k) * b(k, i[1]), {k}); }, {"i", "j"});
  return Dag::make({a, b, c});
}

inline DagRef conv2d_nhwc_bias_relu() {
  const Tensor data = placeholder({1, 56, 56, 64}, "data"), kernel = placeholder({3, 3, 64, 64}, "kernel");
  const Tensor bias = placeholder({1, 1, 1, 64}, "bias");
  const Tensor pad = pad_rows_and_columns(data, "pad_temp", 1, 0);
  const AxisRef ry = reduce_axis(3, "ry"), rx = reduce_axis(3, "rx"), rc = reduce_axis(64, "rc");
  const Tensor conv = compute(
      {1, 56, 56, 64}, "conv2d_nhwc",
      [&](Indices i) { return sum(pad(i[0], i[1] + ry, i[2] + rx, rc) * kernel(ry, rx, rc, i[3]), {ry, rx, rc}); },
      {"nn", "yy", "xx", "ff"});
  const Tensor add = compute({1, 56, 56, 64}, "T_add",
                             [&](Indices i) { return conv(i[0], i[1], i[2], i[3]) + bias(i[0], 0, 0, i[3]); },
                             {"ax0", "ax1", "ax2", "ax3"});
  return Dag::make({data, kernel, bias, relu_stage(add)});
}

inline DagRef conv2d_nhwc_bn_relu() {
  const Tensor data = placeholder({1, 28, 28, 128}, "data"), kernel = placeholder({1, 1, 128, 256}, "kernel");
  const Tensor bias = placeholder({256}, "bias"), scale = placeholder({256}, "bn_scale"),
               offset = placeholder({256}, "bn_offset");
  const Tensor copy =
      compute(data.shape(), "PaddedInput", [&](Indices i) { return data(std::vector<Expr>(i.begin(), i.end())); });
  const AxisRef ry = reduce_axis(1, "ry"), rx = reduce_axis(1, "rx"), rc = reduce_axis(128, "rc");
  const Tensor conv =
      compute({1, 14, 14, 256}, "Conv2dOutput",
              [&](Indices i) {
                return sum(copy(i[0], i[1] * 2 + ry, i[2] * 2 + rx, rc) * kernel(ry, rx, rc, i[3]), {ry, rx, rc});
              },
              {"nn", "yy", "xx", "ff"});
  const auto channelwise = [](const Tensor& x, const Tensor& v, std::string name, BinaryOp op) {
    return compute(x.shape(), std::move(name),
                   [&](Indices i) { return binary(op, x(i[0], i[1], i[2], i[3]), v(i[3])); }, {"i", "j", "k", "l"});
  };
  const Tensor biased = channelwise(conv, bias, "bias_add", BinaryOp::add);
  const Tensor scaled = channelwise(biased, scale, "bn_mul", BinaryOp::mul);
  return Dag::make(
      {data, kernel, bias, scale, offset, relu_stage(channelwise(scaled, offset, "bn_add", BinaryOp::add))});
}

inline DagRef softmax_512() {
  const Tensor a = placeholder({512, 512}, "A");
  const AxisRef k1 = reduce_axis(512, "k"), k2 = reduce_axis(512, "k");
  const Tensor highest =
      compute({512}, "T_softmax_maxelem", [&](Indices i) { return reduce(Combiner::max, a(i[0], k1), {k1}); });
  const Tensor exps = compute({512, 512}, "T_softmax_exp",
                              [&](Indices i) { return unary(UnaryOp::exp, a(i[0], i[1]) - highest(i[0])); });
  const Tensor sums = compute({512}, "T_softmax_expsum", [&](Indices i) { return sum(exps(i[0], k2), {k2}); });
  const Tensor norm = compute({512, 512}, "T_softmax_norm", [&](Indices i) { return exps(i[0], i[1]) / sums(i[0]); });
  return Dag::make({a, norm});
}

inline DagRef depthwise_conv2d_nhwc() {
  const Tensor data = placeholder({1, 112, 112, 32}, "data"), kernel = placeholder({3, 3, 32, 1}, "kernel");
  const Tensor pad = pad_rows_and_columns(data, "PaddedInput", 1, 0);
  const AxisRef di = reduce_axis(3, "di"), dj = reduce_axis(3, "dj");
  const Tensor conv =
      compute({1, 112, 112, 32}, "DepthwiseConv2d",
              [&](Indices i) { return sum(pad(i[0], i[1] + di, i[2] + dj, i[3]) * kernel(di, dj, i[3], 0), {di, dj}); },
              {"b", "i", "j", "c"});
  return Dag::make({data, kernel, conv});
}

inline DagRef max_pool2d_nhwc() {
  const Tensor x = placeholder({1, 112, 112, 64}, "x");
  const Tensor pad =
      pad_rows_and_columns(x, "pad_temp", 1, std::numeric_limits<float>::lowest(), {"ax0", "ax1", "ax2", "ax3"});
  const AxisRef rv0 = reduce_axis(3, "rv0"), rv1 = reduce_axis(3, "rv1");
  const Tensor pool = compute(
      {1, 56, 56, 64}, "pool_max",
      [&](Indices i) { return reduce(Combiner::max, pad(i[0], i[1] * 2 + rv0, i[2] * 2 + rv1, i[3]), {rv0, rv1}); },
      {"ax0", "ax1", "ax2", "ax3"});
  return Dag::make({x, pool});
}

inline DagRef tbg_transpose_batch_matmul() {
  const Tensor query = placeholder({1, 128, 12, 64}, "query"), value = placeholder({1, 128, 12, 64}, "value");
  const Tensor query_t = compute({1, 12, 128, 64}, "query_T", [&](Indices i) { return query(i[0], i[2], i[1], i[3]); },
                                 {"b", "h", "l", "d"});
  const Tensor value_t = compute({1, 12, 64, 128}, "value_T", [&](Indices i) { return value(i[0], i[3], i[1], i[2]); },
                                 {"b", "h", "d", "l"});
  const AxisRef k = reduce_axis(64, "k");
  const Tensor c =
      compute({1, 12, 128, 128}, "C",
              [&](Indices i) { return sum(query_t(i[0], i[1], i[2], k) * value_t(i[0], i[1], k, i[3]), {k}); },
              {"b", "h", "i", "j"});
  return Dag::make({query, value, c});
}

inline DagRef conv2d_transpose_nhwc() {
  const Tensor inputs = placeholder({1, 8, 8, 256}, "inputs"), weight = placeholder({4, 4, 256, 128}, "weight");
  const Tensor pad = pad_rows_and_columns(inputs, "PadInput", 1, 0);
  const AxisRef rh = reduce_axis(4, "rh"), rw = reduce_axis(4, "rw"), rc = reduce_axis(256, "rc");
  const auto is_even = [](const Expr& e) { return binary(BinaryOp::eq, floor_mod(e, 2), 0); };
  const Tensor conv =
      compute({1, 16, 16, 128}, "conv2d_transpose_nhwc",
              [&](Indices i) {
                const Expr h = i[1] + rh, w = i[2] + rw;
                const Expr tap = pad(i[0], floor_div(h, 2), floor_div(w, 2), rc);
                return sum(select(is_even(h) && is_even(w), tap, 0.0F) * weight(3 - Expr(rh), 3 - Expr(rw), rc, i[3]),
                           {rh, rw, rc});
              },
              {"n", "h", "w", "co"});
  return Dag::make({inputs, weight, conv});
}

inline DagRef dilated_conv2d_nhwc() {
  const Tensor inputs = placeholder({1, 14, 14, 256}, "inputs"), weight = placeholder({3, 3, 256, 256}, "weight");
  const Tensor pad = pad_rows_and_columns(inputs, "PadInput", 1, 0);
  const AxisRef rh = reduce_axis(3, "rh"), rw = reduce_axis(3, "rw"), rc = reduce_axis(256, "rc");
  const Tensor conv =
      compute({1, 12, 12, 256}, "conv2d_nhwc",
              [&](Indices i) {
                const Expr channel = floor_div(i[3], 256) * 256 + rc;
                return sum(pad(i[0], i[1] + Expr(rh) * 2, i[2] + Expr(rw) * 2, channel) * weight(rh, rw, rc, i[3]),
                           {rh, rw, rc});
              },
              {"n", "h", "w", "co"});
  return Dag::make({inputs, weight, conv});
}

inline DagRef group_conv2d_nchw() {
  const Tensor data = placeholder({1, 64, 56, 56}, "data"), kernel = placeholder({128, 16, 3, 3}, "kernel");
  const Tensor pad = pad_rows_and_columns(data, "pad_temp", 2, 0);
  const AxisRef rc = reduce_axis(16, "rc"), ry = reduce_axis(3, "ry"), rx = reduce_axis(3, "rx");
  const Tensor conv =
      compute({1, 128, 28, 28}, "group_conv2d_nchw",
              [&](Indices i) {
                const Expr channel = floor_div(i[1], 32) * 16 + rc;
                return sum(pad(i[0], channel, i[2] * 2 + ry, i[3] * 2 + rx) * kernel(i[1], rc, ry, rx), {rc, ry, rx});
              },
              {"nn", "ff", "yy", "xx"});
  return Dag::make({data, kernel, conv});
}

inline DagRef norm_bmn_1() {
  const Tensor a = placeholder({1, 512, 512}, "A");
  const AxisRef i = reduce_axis(512, "i"), j = reduce_axis(512, "j");
  const Tensor c = compute({1}, "C", [&](Indices b) { return sum(a(b[0], i, j) * a(b[0], i, j), {i, j}); }, {"b"});
  return Dag::make({a, compute({1}, "D", [&](Indices b) { return unary(UnaryOp::sqrt, c(b[0])); }, {"b"})});
}

inline DagRef elementwise_chain() {
  const Tensor x = placeholder({1024, 1024}, "x");
  const std::vector<std::string> axes{"i", "j"};
  const Tensor a = compute(x.shape(), "a", [&](Indices i) { return x(i[0], i[1]) * 2; }, axes);
  const Tensor b = compute(x.shape(), "b", [&](Indices i) { return unary(UnaryOp::exp, a(i[0], i[1])); }, axes);
  return Dag::make({x, compute(x.shape(), "c", [&](Indices i) { return b(i[0], i[1]) + 1; }, axes)});
}

inline DagRef transpose() {
  const Tensor x = placeholder({1024, 1024}, "x");
  return Dag::make({x, compute(x.shape(), "T", [&](Indices i) { return x(i[1], i[0]); }, {"i", "j"})});
}

inline DagRef reduce_sum_all() {
  const Tensor x = placeholder({1024, 1024}, "x");
  const AxisRef k0 = reduce_axis(1024, "k0"), k1 = reduce_axis(1024, "k1");
  return Dag::make({x, compute({}, "x_red", [&](Indices) { return sum(x(k0, k1), {k0, k1}); })});
}

inline DagRef ansor_workload(std::string_view name) {
  struct Row {
    std::string_view name;
    DagRef (*make)();
  };
  constexpr Row kRows[] = {{"matmul_512", matmul_512},
                           {"conv2d_nhwc_bias_relu", conv2d_nhwc_bias_relu},
                           {"conv2d_nhwc_bn_relu", conv2d_nhwc_bn_relu},
                           {"softmax_512", softmax_512},
                           {"depthwise_conv2d_nhwc", depthwise_conv2d_nhwc},
                           {"max_pool2d_nhwc", max_pool2d_nhwc},
                           {"tbg_transpose_batch_matmul", tbg_transpose_batch_matmul},
                           {"conv2d_transpose_nhwc", conv2d_transpose_nhwc},
                           {"dilated_conv2d_nhwc", dilated_conv2d_nhwc},
                           {"group_conv2d_nchw", group_conv2d_nchw},
                           {"norm_bmn_1", norm_bmn_1},
                           {"elementwise_chain", elementwise_chain},
                           {"transpose", transpose},
                           {"reduce_sum_all", reduce_sum_all}};
  for (const Row& row : kRows)
    if (row.name == name) return row.make();
  TW_CHECK(false, "no workload {}", name);
}

}  // namespace tilewright::te
