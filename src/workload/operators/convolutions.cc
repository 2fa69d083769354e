#include <array>

#include "base/error.h"
#include "workload/operator.h"
#include "workload/window.h"

namespace tilewright::workload {
namespace {

/// A convolution over any number of image dimensions, channels last (te_workload.py of TVM's MetaSchedule).
struct Convolution {
  std::vector<std::int64_t> image;
  std::int64_t n, ci, co, k, stride, pad, dilation = 1, groups = 1;
};

struct Names {
  std::string pad, conv;
  std::vector<std::string> axes, reductions;  ///< reductions: taps, then the channel
};

Names names_of(std::size_t dimensions) {
  if (dimensions == 1) return {"PadInput", "conv1d_nlc", {"n", "l", "co"}, {"rl", "rc"}};
  if (dimensions == 2) return {"PadInput", "conv2d_nhwc", {"n", "h", "w", "co"}, {"rh", "rw", "rc"}};
  return {"PadInput", "conv3d_ndhwc", {"n", "d", "h", "w", "co"}, {"rd", "rh", "rw", "rc"}};
}
/// topi.nn.conv2d_nhwc
const Names kTopi{"pad_temp", "conv2d_nhwc", {"nn", "yy", "xx", "ff"}, {"ry", "rx", "rc"}};

std::vector<std::int64_t> around_image(std::size_t rank, std::size_t dimensions, std::int64_t pad) {
  std::vector<std::int64_t> border(rank, 0);
  for (std::size_t d = 1; d <= dimensions; ++d) border[d] = pad;
  return border;
}

Tensor convolve(const Tensor& data, const Tensor& weight, const Convolution& c, const Names& names) {
  const std::size_t dimensions = c.image.size();
  const std::vector<std::int64_t> border = around_image(dimensions + 2, dimensions, c.pad);
  const Tensor pad = padded(data, border, border, names.pad);
  std::vector<std::int64_t> shape{c.n};
  std::vector<te::AxisRef> reductions;
  for (std::size_t d = 0; d < dimensions; ++d) {
    shape.push_back(positions(c.image[d], c.k, c.stride, c.pad, c.dilation));
    reductions.push_back(te::reduce_axis(c.k, names.reductions[d]));
  }
  shape.push_back(c.co);
  reductions.push_back(te::reduce_axis(c.ci / c.groups, names.reductions.back()));
  return te::compute(
      shape, names.conv,
      [&](Indices i) {
        std::vector<Expr> from{i[0]}, tap;
        for (std::size_t d = 0; d < dimensions; ++d) {
          from.push_back(tap_at(i[d + 1], c.stride, reductions[d], c.dilation));
          tap.push_back(reductions[d]);
        }
        Expr channel = reductions.back();
        if (c.groups > 1)
          channel = te::floor_div(i.back(), te::integer(c.co / c.groups)) * te::integer(c.ci / c.groups) + channel;
        from.push_back(channel);
        tap.push_back(reductions.back());
        tap.push_back(i.back());
        return te::sum(pad(from) * weight(tap), reductions);
      },
      names.axes);
}

Convolution convolution_of(const Arguments& a, const std::vector<std::string_view>& image, bool grouped) {
  Convolution c{{}, a["n"], a["ci"], a["co"], a["k"], a["stride"], a["pad"]};
  for (std::string_view extent : image) c.image.push_back(a[extent]);
  if (!grouped) return c;
  c.dilation = a["dilation"], c.groups = a["groups"];
  if (c.ci % c.groups != 0 || c.co % c.groups != 0)
    throw Error(Code::bad_input, "{} groups do not divide {} input and {} output channels", c.groups, c.ci, c.co);
  return c;
}

std::vector<std::int64_t> data_shape(const Convolution& c) {
  std::vector<std::int64_t> shape{c.n};
  shape.insert(shape.end(), c.image.begin(), c.image.end());
  shape.push_back(c.ci);
  return shape;
}
std::vector<std::int64_t> weight_shape(const Convolution& c) {
  std::vector<std::int64_t> shape(c.image.size(), c.k);
  shape.push_back(c.ci / c.groups);
  shape.push_back(c.co);
  return shape;
}

te::DagRef plain(const Convolution& c) {
  const Tensor data = te::placeholder(data_shape(c), "inputs"), weight = te::placeholder(weight_shape(c), "weight");
  return te::Dag::make({data, weight, convolve(data, weight, c, names_of(c.image.size()))});
}

te::DagRef bias_relu(const Convolution& c) {
  const Tensor data = te::placeholder(data_shape(c), "data"), weight = te::placeholder(weight_shape(c), "kernel"),
               bias = te::placeholder({c.co}, "bias");
  const Tensor conv = convolve(data, weight, c, kTopi);
  const Tensor out = te::compute(
      conv.shape(), "out", [&](Indices i) { return te::max(conv(i[0], i[1], i[2], i[3]) + bias(i[3]), Expr(0.0F)); },
      {"i", "y", "x", "o"});
  return te::Dag::make({data, weight, bias, out});
}

/// The evaluation's ConvLayer.
te::DagRef bn_relu(const Convolution& c) {
  const Tensor data = te::placeholder(data_shape(c), "data"), weight = te::placeholder(weight_shape(c), "kernel"),
               bias = te::placeholder({c.co}, "bias"), scale = te::placeholder({c.co}, "bn_scale"),
               offset = te::placeholder({c.co}, "bn_offset");
  const Tensor conv = convolve(data, weight, c, {"PaddedInput", "Conv2dOutput", kTopi.axes, kTopi.reductions});
  const std::vector<std::string> axes{"i", "j", "k", "l"};
  const auto each = [&](const Tensor& x, const std::string& name, auto&& body) {
    return te::compute(x.shape(), name, [&](Indices i) { return body(x(i[0], i[1], i[2], i[3]), i[3]); }, axes);
  };
  const Tensor add = each(conv, "bias_add", [&](const Expr& x, const Expr& o) { return x + bias(o); });
  const Tensor mul = each(add, "bn_mul", [&](const Expr& x, const Expr& o) { return x * scale(o); });
  const Tensor shifted = each(mul, "bn_add", [&](const Expr& x, const Expr& o) { return x + offset(o); });
  return te::Dag::make({data, weight, bias, scale, offset, relu(shifted, "relu")});
}

te::DagRef depthwise(const Arguments& a) {
  const std::int64_t n = a["n"], c = a["c"], k = a["k"], stride = a["stride"], pad = a["pad"];
  const Tensor data = te::placeholder({n, a["h"], a["w"], c}, "data"), weight = te::placeholder({k, k, c, 1}, "kernel");
  const std::vector<std::int64_t> border = around_image(4, 2, pad);
  const Tensor image = padded(data, border, border, "PaddedInput");
  const te::AxisRef di = te::reduce_axis(k, "di"), dj = te::reduce_axis(k, "dj");
  const Tensor conv = te::compute(
      {n, positions(a["h"], k, stride, pad), positions(a["w"], k, stride, pad), c}, "DepthwiseConv2d",
      [&](Indices i) {
        return te::sum(image(i[0], tap_at(i[1], stride, di), tap_at(i[2], stride, dj), i[3]) * weight(di, dj, i[3], 0),
                       {di, dj});
      },
      {"b", "i", "j", "c"});
  return te::Dag::make({data, weight, conv});
}

/// Transposed: every input element spreads over a window of the output; written as a gather, as TVM does.
te::DagRef transposed(const Arguments& a) {
  const std::int64_t n = a["n"], ci = a["ci"], co = a["co"], k = a["k"], stride = a["stride"], pad = a["pad"];
  const std::int64_t border = k - 1 - pad;
  if (border < 0) throw Error(Code::bad_input, "padding {} is larger than a window of {} allows", pad, k);
  const auto extent = [&](std::int64_t in) {
    const std::int64_t out = (in - 1) * stride - 2 * pad + k;
    if (out < 1) throw Error(Code::bad_input, "{} input elements give no output", in);
    return out;
  };
  const Tensor data = te::placeholder({n, a["h"], a["w"], ci}, "inputs"),
               weight = te::placeholder({k, k, ci, co}, "weight");
  const std::vector<std::int64_t> around = around_image(4, 2, (border + stride - 1) / stride);
  const Tensor image = padded(data, around, around, "PadInput");
  const te::AxisRef rh = te::reduce_axis(k, "rh"), rw = te::reduce_axis(k, "rw"), rc = te::reduce_axis(ci, "rc");
  const Expr step = te::integer(stride), last = te::integer(k - 1),
             shift = te::integer((stride - border % stride) % stride);
  const Tensor conv = te::compute({n, extent(a["h"]), extent(a["w"]), co}, "conv2d_transpose_nhwc",
                                  [&](Indices i) {
                                    const Expr h = i[1] + rh + shift, w = i[2] + rw + shift;
                                    const auto hits = [&](const Expr& e) {
                                      return te::binary(te::BinaryOp::eq, te::floor_mod(e, step), te::integer(0));
                                    };
                                    const Expr tap = image(i[0], te::floor_div(h, step), te::floor_div(w, step), rc);
                                    return te::sum(te::select(hits(h) && hits(w), tap, Expr(0.0F)) *
                                                       weight(last - Expr(rh), last - Expr(rw), rc, i[3]),
                                                   {rh, rw, rc});
                                  },
                                  {"n", "h", "w", "co"});
  return te::Dag::make({data, weight, conv});
}

/// Capsules: a matrix product of cap x cap in the place of every multiplication.
te::DagRef capsule(const Arguments& a) {
  const std::int64_t n = a["n"], ci = a["ci"], co = a["co"], k = a["k"], stride = a["stride"], pad = a["pad"],
                     cap = a["cap"];
  const Tensor data = te::placeholder({n, a["h"], a["w"], cap, cap, ci}, "inputs"),
               weight = te::placeholder({k, k, cap, cap, ci, co}, "weight");
  const std::vector<std::int64_t> border = around_image(6, 2, pad);
  const Tensor image = padded(data, border, border, "PadInput");
  const te::AxisRef rh = te::reduce_axis(k, "rh"), rw = te::reduce_axis(k, "rw"), rcap = te::reduce_axis(cap, "cap_k"),
                    rc = te::reduce_axis(ci, "rc");
  const Tensor conv = te::compute(
      {n, positions(a["h"], k, stride, pad), positions(a["w"], k, stride, pad), cap, cap, co}, "conv2d_capsule_nhwijc",
      [&](Indices i) {
        return te::sum(image(i[0], tap_at(i[1], stride, rh), tap_at(i[2], stride, rw), i[3], rcap, rc) *
                           weight(rh, rw, rcap, i[4], rc, i[5]),
                       {rh, rw, rcap, rc});
      },
      {"n", "h", "w", "cap_i", "cap_j", "co"});
  return te::Dag::make({data, weight, conv});
}

const Key kN{"n", 1}, kH{"h"}, kW{"w", -1, "h"}, kCi{"ci"}, kCo{"co"}, kK{"k"}, kStride{"stride", 1},
    kPad{"pad", 0, {}, 0}, kDilation{"dilation", 1}, kGroups{"groups", 1};

}  // namespace

std::span<const Operator> convolutions() {
  static const std::array kOperators{
      Operator{"conv1d",
               {kN, {"l"}, kCi, kCo, kK, kStride, kPad, kDilation, kGroups},
               [](const Arguments& a) { return plain(convolution_of(a, {"l"}, true)); }},
      Operator{"conv2d",
               {kN, kH, kW, kCi, kCo, kK, kStride, kPad, kDilation, kGroups},
               [](const Arguments& a) { return plain(convolution_of(a, {"h", "w"}, true)); }},
      Operator{"conv3d",
               {kN, {"d"}, kH, kW, kCi, kCo, kK, kStride, kPad, kDilation, kGroups},
               [](const Arguments& a) { return plain(convolution_of(a, {"d", "h", "w"}, true)); }},
      Operator{"conv2d_bias_relu",
               {kN, kH, kW, kCi, kCo, kK, kStride, kPad},
               [](const Arguments& a) { return bias_relu(convolution_of(a, {"h", "w"}, false)); }},
      Operator{"conv2d_bn_relu",
               {kN, kH, kW, kCi, kCo, kK, kStride, kPad},
               [](const Arguments& a) { return bn_relu(convolution_of(a, {"h", "w"}, false)); }},
      Operator{"depthwise_conv2d", {kN, kH, kW, {"c"}, kK, kStride, kPad}, depthwise},
      Operator{"conv2d_transpose", {kN, kH, kW, kCi, kCo, kK, kStride, kPad}, transposed},
      Operator{"conv2d_capsule", {kN, kH, kW, kCi, kCo, kK, kStride, kPad, {"cap", 4}}, capsule}};
  return kOperators;
}

}  // namespace tilewright::workload
