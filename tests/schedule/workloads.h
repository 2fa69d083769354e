#pragma once

#include <map>
#include <string>

#include "schedule/conv_workloads.h"
#include "schedule/winograd_workloads.h"
#include "te/dag.h"
#include "workload/workload.h"

namespace tilewright::workloads {

using te::Expr;
using te::Tensor;
using Indices = std::span<const Expr>;

/// The computations of tests/schedule/ansor, operation by operation and axis by axis as Ansor saw them. What room
/// `workload` writes in the same way is parsed; here are the others.
inline te::DagRef parsed(std::string_view text) { return workload::parse(text).dag; }

inline te::DagRef matmul(std::int64_t n, std::int64_t l, std::int64_t m) {
  const Tensor a = te::placeholder({n, l}, "A"), b = te::placeholder({l, m}, "B");
  const te::AxisRef k = te::reduce_axis(l, "k");
  const Tensor c =
      te::compute({n, m}, "C", [&](Indices i) { return te::sum(a(i[0], k) * b(k, i[1]), {k}); }, {"i", "j"});
  return te::Dag::make({a, b, c});
}

inline te::DagRef matmul_bias_relu(std::int64_t n, std::int64_t l, std::int64_t m) {
  const Tensor a = te::placeholder({n, l}, "A"), b = te::placeholder({l, m}, "B"), bias = te::placeholder({m}, "bias");
  const te::AxisRef k = te::reduce_axis(l, "k");
  const Tensor c =
      te::compute({n, m}, "C", [&](Indices i) { return te::sum(a(i[0], k) * b(k, i[1]), {k}); }, {"i", "j"});
  const Tensor d = te::compute({n, m}, "D", [&](Indices i) { return c(i[0], i[1]) + bias(i[1]); }, {"i", "j"});
  const Tensor relu = te::compute({n, m}, "compute", [&](Indices i) { return te::max(d(i[0], i[1]), Expr(0.0F)); });
  return te::Dag::make({a, b, bias, relu});
}

inline te::DagRef matvec(std::int64_t n, std::int64_t l) {
  const Tensor a = te::placeholder({n, l}, "A"), x = te::placeholder({l}, "x");
  const te::AxisRef k = te::reduce_axis(l, "k");
  const Tensor y = te::compute({n}, "y", [&](Indices i) { return te::sum(a(i[0], k) * x(k), {k}); }, {"i"});
  return te::Dag::make({a, x, y});
}

inline te::DagRef batch_matmul(std::int64_t batch, std::int64_t n, std::int64_t m, std::int64_t l) {
  const Tensor x = te::placeholder({batch, n, l}, "X"), y = te::placeholder({batch, l, m}, "Y");
  const te::AxisRef k = te::reduce_axis(l, "k");
  const Tensor z =
      te::compute({batch, n, m}, "Z", [&](Indices i) { return te::sum(x(i[0], i[1], k) * y(i[0], k, i[2]), {k}); },
                  {"b", "i", "j"});
  return te::Dag::make({x, y, z});
}

/// The second operand transposed: y(batch, m, l).
inline te::DagRef batch_matmul_nt(std::int64_t batch, std::int64_t n, std::int64_t m, std::int64_t l) {
  const Tensor x = te::placeholder({batch, n, l}, "X"), y = te::placeholder({batch, m, l}, "Y");
  const te::AxisRef k = te::reduce_axis(l, "k");
  const Tensor z =
      te::compute({batch, n, m}, "T_batch_matmul_NT",
                  [&](Indices i) { return te::sum(x(i[0], i[1], k) * y(i[0], i[2], k), {k}); }, {"b", "i", "j"});
  return te::Dag::make({x, y, z});
}

inline te::DagRef dense(std::int64_t n, std::int64_t l, std::int64_t m) {
  const Tensor a = te::placeholder({n, l}, "A"), b = te::placeholder({m, l}, "B");
  const te::AxisRef k = te::reduce_axis(l, "k");
  const Tensor c = te::compute({n, m}, "T_matmul_NT", [&](Indices i) { return te::sum(a(i[0], k) * b(i[1], k), {k}); },
                               {"i0", "i1"});
  return te::Dag::make({a, b, c});
}

inline te::DagRef two_layer_matmul(std::int64_t n) {
  const Tensor a = te::placeholder({n, n}, "A"), b = te::placeholder({n, n}, "B"), c = te::placeholder({n, n}, "C");
  const te::AxisRef k = te::reduce_axis(n, "k"), l = te::reduce_axis(n, "l");
  const std::vector<std::string> axes{"i", "j"};
  const Tensor d = te::compute({n, n}, "D", [&](Indices i) { return te::sum(a(i[0], k) * b(k, i[1]), {k}); }, axes);
  const Tensor e = te::compute({n, n}, "E", [&](Indices i) { return te::sum(d(i[0], l) * c(l, i[1]), {l}); }, axes);
  return te::Dag::make({a, b, c, e});
}

/// data(1, h, h, ci) with a border of `pad` zeros; a plain copy when there is none.
inline Tensor padded(const Tensor& data, std::int64_t pad, const std::string& name) {
  const std::int64_t h = data.dim(1), w = data.dim(2);
  return te::compute({data.dim(0), h + 2 * pad, w + 2 * pad, data.dim(3)}, name, [&](Indices i) {
    if (pad == 0) return data(i[0], i[1], i[2], i[3]);
    const Expr p = te::integer(pad);
    const Expr inside = i[1] >= p && i[1] < te::integer(h + pad) && i[2] >= p && i[2] < te::integer(w + pad);
    return te::select(inside, data(i[0], i[1] - p, i[2] - p, i[3]), Expr(0.0F));
  });
}

struct Conv {
  std::int64_t h, co, ci, k, stride, pad;
};

inline Tensor conv2d(const Tensor& data, const Tensor& kernel, const Conv& c, const std::string& pad_name,
                     const std::string& name) {
  const Tensor pad = padded(data, c.pad, pad_name);
  const std::int64_t out = (c.h + 2 * c.pad - c.k) / c.stride + 1;
  const te::AxisRef ry = te::reduce_axis(c.k, "ry"), rx = te::reduce_axis(c.k, "rx"), rc = te::reduce_axis(c.ci, "rc");
  const Expr stride = te::integer(c.stride);
  return te::compute({1, out, out, c.co}, name,
                     [&](Indices i) {
                       const Expr y = (c.stride == 1 ? i[1] : i[1] * stride) + ry,
                                  x = (c.stride == 1 ? i[2] : i[2] * stride) + rx;
                       return te::sum(pad(i[0], y, x, rc) * kernel(ry, rx, rc, i[3]), {ry, rx, rc});
                     },
                     {"nn", "yy", "xx", "ff"});
}

inline Tensor relu(const Tensor& x) {
  return te::compute(x.shape(), "compute",
                     [&](Indices i) { return te::max(x(std::vector<Expr>(i.begin(), i.end())), Expr(0.0F)); });
}

inline te::DagRef conv2d_plain(const Conv& c) {
  const Tensor data = te::placeholder({1, c.h, c.h, c.ci}, "data"),
               kernel = te::placeholder({c.k, c.k, c.ci, c.co}, "kernel");
  return te::Dag::make({data, kernel, conv2d(data, kernel, c, "pad_temp", "conv2d_nhwc")});
}

inline te::DagRef conv2d_bias_relu(const Conv& c) {
  const Tensor data = te::placeholder({1, c.h, c.h, c.ci}, "data"),
               kernel = te::placeholder({c.k, c.k, c.ci, c.co}, "kernel");
  const Tensor bias = te::placeholder({1, 1, 1, c.co}, "bias");
  const Tensor conv = conv2d(data, kernel, c, "pad_temp", "conv2d_nhwc");
  const Tensor add = te::compute(conv.shape(), "T_add",
                                 [&](Indices i) { return conv(i[0], i[1], i[2], i[3]) + bias(i[0], 0, 0, i[3]); },
                                 {"ax0", "ax1", "ax2", "ax3"});
  return te::Dag::make({data, kernel, bias, relu(add)});
}

inline te::DagRef conv2d_bn_relu(const Conv& c) {
  const Tensor data = te::placeholder({1, c.h, c.h, c.ci}, "data"),
               kernel = te::placeholder({c.k, c.k, c.ci, c.co}, "kernel");
  const Tensor bias = te::placeholder({c.co}, "bias"), scale = te::placeholder({c.co}, "bn_scale");
  const Tensor offset = te::placeholder({c.co}, "bn_offset");
  const Tensor conv = conv2d(data, kernel, c, "PaddedInput", "Conv2dOutput");
  const std::vector<std::string> axes{"i", "j", "k", "l"};
  const auto at = [](const Tensor& t, Indices i) { return t(i[0], i[1], i[2], i[3]); };
  const Tensor add = te::compute(conv.shape(), "bias_add", [&](Indices i) { return at(conv, i) + bias(i[3]); }, axes);
  const Tensor mul = te::compute(conv.shape(), "bn_mul", [&](Indices i) { return at(add, i) * scale(i[3]); }, axes);
  const Tensor shifted =
      te::compute(conv.shape(), "bn_add", [&](Indices i) { return at(mul, i) + offset(i[3]); }, axes);
  return te::Dag::make({data, kernel, bias, scale, offset, relu(shifted)});
}

inline te::DagRef depthwise_bias_relu(std::int64_t h, std::int64_t channels) {
  const Tensor data = te::placeholder({1, h, h, channels}, "data"),
               kernel = te::placeholder({3, 3, channels, 1}, "kernel");
  const Tensor bias = te::placeholder({1, 1, 1, channels}, "bias");
  const Tensor pad = padded(data, 1, "PaddedInput");
  const te::AxisRef di = te::reduce_axis(3, "di"), dj = te::reduce_axis(3, "dj");
  const Tensor conv = te::compute(
      {1, h, h, channels}, "DepthwiseConv2d",
      [&](Indices i) { return te::sum(pad(i[0], i[1] + di, i[2] + dj, i[3]) * kernel(di, dj, i[3], 0), {di, dj}); },
      {"b", "i", "j", "c"});
  const Tensor add = te::compute(conv.shape(), "T_add",
                                 [&](Indices i) { return conv(i[0], i[1], i[2], i[3]) + bias(i[0], 0, 0, i[3]); },
                                 {"ax0", "ax1", "ax2", "ax3"});
  return te::Dag::make({data, kernel, bias, relu(add)});
}

/// NCHW, 64 to 128 channels in 4 groups, 3x3, stride 2, pad 1, 56x56.
inline te::DagRef group_conv2d_nchw() {
  const Tensor data = te::placeholder({1, 64, 56, 56}, "data"), kernel = te::placeholder({128, 16, 3, 3}, "kernel");
  const Tensor pad = te::compute({1, 64, 58, 58}, "pad_temp", [&](Indices i) {
    const Expr inside = i[2] >= Expr(1) && i[2] < Expr(57) && i[3] >= Expr(1) && i[3] < Expr(57);
    return te::select(inside, data(i[0], i[1], i[2] - Expr(1), i[3] - Expr(1)), Expr(0.0F));
  });
  const te::AxisRef rc = te::reduce_axis(16, "rc"), ry = te::reduce_axis(3, "ry"), rx = te::reduce_axis(3, "rx");
  const Tensor conv = te::compute(
      {1, 128, 28, 28}, "group_conv2d_nchw",
      [&](Indices i) {
        const Expr channel = te::floor_div(i[1], 32) * Expr(16) + rc;
        return te::sum(pad(i[0], channel, i[2] * Expr(2) + ry, i[3] * Expr(2) + rx) * kernel(i[1], rc, ry, rx),
                       {rc, ry, rx});
      },
      {"nn", "ff", "yy", "xx"});
  return te::Dag::make({data, kernel, conv});
}

inline te::DagRef softmax(std::int64_t m, std::int64_t n) {
  const Tensor a = te::placeholder({m, n}, "A");
  const te::AxisRef k0 = te::reduce_axis(n, "k"), k1 = te::reduce_axis(n, "k");
  const Tensor most = te::compute({m}, "T_softmax_maxelem",
                                  [&](Indices i) { return te::reduce(te::Combiner::max, a(i[0], k0), {k0}); });
  const Tensor e = te::compute({m, n}, "T_softmax_exp",
                               [&](Indices i) { return te::unary(te::UnaryOp::exp, a(i[0], i[1]) - most(i[0])); });
  const Tensor sum = te::compute({m}, "T_softmax_expsum", [&](Indices i) { return te::sum(e(i[0], k1), {k1}); });
  const Tensor norm = te::compute({m, n}, "T_softmax_norm", [&](Indices i) { return e(i[0], i[1]) / sum(i[0]); });
  return te::Dag::make({a, norm});
}

/// 3x3, stride 2, pad 1; `channel` is the position of the channel axis, 1 or 3.
inline te::DagRef max_pool2d(std::int64_t h, std::int64_t channels, int channel) {
  const bool last = channel == 3;
  const std::size_t y = last ? 1 : 2, x = y + 1;
  const std::vector<std::string> axes{"ax0", "ax1", "ax2", "ax3"};
  const auto shape = [&](std::int64_t size) {
    return last ? std::vector<std::int64_t>{1, size, size, channels}
                : std::vector<std::int64_t>{1, channels, size, size};
  };
  const Tensor in = te::placeholder(shape(h), "x");
  const Tensor pad = te::compute(
      shape(h + 2), "pad_temp",
      [&](Indices i) {
        std::vector<Expr> from(i.begin(), i.end());
        from[y] = i[y] - Expr(1), from[x] = i[x] - Expr(1);
        const Expr inside =
            i[y] >= Expr(1) && i[y] < te::integer(h + 1) && i[x] >= Expr(1) && i[x] < te::integer(h + 1);
        return te::select(inside, in(from), Expr(-3.40282e+38F));
      },
      axes);
  const te::AxisRef rv0 = te::reduce_axis(3, "rv0"), rv1 = te::reduce_axis(3, "rv1");
  const Tensor pool = te::compute(
      shape(h / 2), "pool_max",
      [&](Indices i) {
        std::vector<Expr> from(i.begin(), i.end());
        from[y] = i[y] * Expr(2) + rv0, from[x] = i[x] * Expr(2) + rv1;
        return te::reduce(te::Combiner::max, pad(from), {rv0, rv1});
      },
      axes);
  return te::Dag::make({in, pool});
}

inline te::DagRef reduce_sum_all(std::int64_t m, std::int64_t n) {
  const Tensor x = te::placeholder({m, n}, "x");
  const te::AxisRef k0 = te::reduce_axis(m, "k0"), k1 = te::reduce_axis(n, "k1");
  return te::Dag::make({x, te::compute({}, "x_red", [&](Indices) { return te::sum(x(k0, k1), {k0, k1}); })});
}

inline te::DagRef transpose(std::int64_t m, std::int64_t n) {
  const Tensor x = te::placeholder({n, m}, "x");
  return te::Dag::make({x, te::compute({m, n}, "T", [&](Indices i) { return x(i[1], i[0]); }, {"i", "j"})});
}

/// By the name of the ground-truth file.
inline const std::map<std::string, te::DagRef>& all() {
  static const std::map<std::string, te::DagRef> kAll{
      {"matmul_512", matmul(512, 512, 512)},
      {"matmul_4_2048_4", matmul(4, 2048, 4)},
      {"matmul_8_512_8_cores20", matmul(8, 512, 8)},
      {"matmul_layout_free_512", matmul(512, 512, 512)},
      {"topi_dense_128_768_3072", dense(128, 768, 3072)},
      {"two_layer_mm_128", two_layer_matmul(128)},
      {"matmul_bias_relu_512", matmul_bias_relu(512, 512, 512)},
      {"matvec_1024", matvec(1024, 1024)},
      {"batch_matmul_12x128x64", batch_matmul(12, 128, 128, 64)},
      {"topi_batch_matmul_12x128x64", batch_matmul_nt(12, 128, 128, 64)},
      {"conv1d_nlc", conv1d_nlc()},
      {"conv2d_nchw_bias_relu", conv2d_nchw_bias_relu()},
      {"conv2d_nhwc_bias_relu", conv2d_bias_relu({56, 64, 64, 3, 1, 1})},
      {"conv2d_nhwc_plain", conv2d_plain({56, 64, 64, 3, 1, 1})},
      {"conv2d_nhwc_1x1", conv2d_plain({14, 512, 256, 1, 1, 0})},
      {"conv2d_nhwc_bn_relu", conv2d_bn_relu({28, 256, 128, 1, 2, 0})},
      {"conv2d_transpose_nhwc", parsed("conv2d_transpose:h=8,ci=256,co=128,k=4,stride=2,pad=1")},
      {"dilated_conv2d_nhwc", dilated_conv2d_nhwc()},
      {"winograd_conv2d_nhwc", parsed("winograd_conv2d:h=28,ci=128,co=128,m=4")},
      {"winograd_conv2d_nhwc_nwt", winograd_conv2d_nhwc_nwt()},
      {"depthwise_conv2d_nchw", depthwise_conv2d_nchw()},
      {"depthwise_conv2d_nhwc", parsed("depthwise_conv2d:h=112,c=32,k=3,pad=1")},
      {"depthwise_conv2d_nhwc_bias_relu", depthwise_bias_relu(112, 32)},
      {"group_conv2d_nchw", group_conv2d_nchw()},
      {"softmax_512", softmax(512, 512)},
      {"max_pool2d_nhwc", max_pool2d(112, 64, 3)},
      {"max_pool2d_nchw_cores20", max_pool2d(112, 64, 1)},
      {"global_avg_pool_nchw", global_avg_pool(1)},
      {"global_avg_pool_nhwc", global_avg_pool(3)},
      {"tbg_transpose_batch_matmul", parsed("transpose_batch_matmul:seq=128,heads=12,dim=64")},
      {"tbs_transpose_batch_matmul_softmax", parsed("transpose_batch_matmul_softmax:seq=128,heads=12,dim=64")},
      {"norm_bmn_1", parsed("norm:m=512,n=512")},
      {"reduce_sum_all", reduce_sum_all(1024, 1024)},
      {"elementwise_chain", parsed("elementwise_chain:m=1024,n=1024")},
      {"transpose", transpose(1024, 1024)},
  };
  return kAll;
}

}  // namespace tilewright::workloads
