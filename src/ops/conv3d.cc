#include "ops/conv3d.h"

#include "ops/broadcast.h"
#include "ops/check.h"
#include "ops/shape.h"

namespace tilewright::ops {

using te::AxisRef;
using te::Expr;
using te::Tensor;

Tensor conv3d(const Tensor& data, const Tensor& weights, const Conv3dParams& p, std::string name) {
  require_rank("conv3d", "data", data, 5, "NDHWC");
  require_rank("conv3d", "weights", weights, 5, "DHWIO");
  require_same_type("conv3d", data, weights);
  require_float("conv3d", data);
  require(weights.dim(3) == data.dim(4), "conv3d: weights take {} input channels, data has {}", weights.dim(3),
          data.dim(4));
  Shape shape{data.dim(0)}, before{0}, after{0};
  std::vector<AxisRef> taps;
  for (std::size_t d = 0; d < 3; ++d) {
    const std::int64_t kernel = weights.shape()[d], extent = data.shape()[d + 1];
    require(p.stride[d] >= 1 && p.dilation[d] >= 1 && p.pad_begin[d] >= 0 && p.pad_end[d] >= 0,
            "conv3d: stride {} and dilation {} must be at least 1, padding {} and {} at least 0", p.stride[d],
            p.dilation[d], p.pad_begin[d], p.pad_end[d]);
    const std::int64_t slack = extent + p.pad_begin[d] + p.pad_end[d] - (kernel - 1) * p.dilation[d] - 1;
    require(slack >= 0, "conv3d: kernel {} with dilation {} does not fit extent {} of the padded volume", kernel,
            p.dilation[d], extent + p.pad_begin[d] + p.pad_end[d]);
    shape.push_back(slack / p.stride[d] + 1);
    before.push_back(p.pad_begin[d]);
    after.push_back(p.pad_end[d]);
    taps.push_back(te::reduce_axis(kernel, d == 0 ? "rz" : d == 1 ? "ry" : "rx"));
  }
  shape.push_back(weights.dim(4));
  before.push_back(0);
  after.push_back(0);
  taps.push_back(te::reduce_axis(data.dim(4), "rc"));
  const Tensor volume = pad(data, before, after, te::constant(data.type(), 0), "pad_temp");
  std::map<std::string, std::string> attributes;
  if (weights->is_placeholder()) attributes["layout_free_placeholders"] = weights->name;
  return te::compute(
      shape, std::move(name),
      [&](std::span<const Expr> at) {
        std::vector<Expr> source{at[0]};
        for (std::size_t d = 0; d < 3; ++d) source.push_back(at[d + 1] * p.stride[d] + Expr(taps[d]) * p.dilation[d]);
        source.push_back(taps[3]);
        return te::sum(volume(source) * weights(taps[0], taps[1], taps[2], taps[3], at[4]), taps);
      },
      {"nn", "zz", "yy", "xx", "cc"}, attributes);
}

}  // namespace tilewright::ops
