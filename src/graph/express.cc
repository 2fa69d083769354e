#include "graph/express.h"

#include "base/error.h"
#include "base/integer.h"
#include "ops/broadcast.h"
#include "ops/conv.h"
#include "ops/conv3d.h"
#include "ops/elementwise.h"
#include "ops/gather.h"
#include "ops/matmul.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/scatter.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "ops/winograd.h"

namespace tilewright::graph {
namespace {

using Operands = std::span<const Operand>;
using te::Expr;
using te::Tensor;

ops::Padding2d padding_of(const Window& w) {
  return {.top = w.pad_begin[0], .left = w.pad_begin[1], .bottom = w.pad_end[0], .right = w.pad_end[1]};
}

Tensor express_op(const Conv& op, Operands in) {
  TW_CHECK(op.layout == Layout::nhwc, "a convolution in nchw has no expression");
  const Window& w = op.window;
  if (op.winograd_tile != 0)
    return ops::winograd_conv2d(in[0].tensor, in[1].tensor, {.tile = op.winograd_tile, .padding = padding_of(w)});
  const ops::Conv2dParams params{.stride_h = w.strides[0],
                                 .stride_w = w.strides[1],
                                 .dilation_h = w.dilations[0],
                                 .dilation_w = w.dilations[1],
                                 .padding = padding_of(w),
                                 .groups = op.groups,
                                 .phases = op.phases};
  const bool depthwise = op.groups > 1 && op.groups == in[0].tensor.dim(3);
  return depthwise ? ops::depthwise_conv2d(in[0].tensor, in[1].tensor, params)
                   : ops::conv2d(in[0].tensor, in[1].tensor, params);
}

Tensor express_op(const Conv3d& op, Operands in) {
  return ops::conv3d(
      in[0].tensor, in[1].tensor,
      {.stride = op.strides, .dilation = op.dilations, .pad_begin = op.pad_begin, .pad_end = op.pad_end});
}

Tensor express_op(const Pool& op, Operands in) {
  TW_CHECK(op.layout == Layout::nhwc, "a pool in nchw has no expression");
  const Window& w = op.window;
  const ops::Window2d window{.kernel_h = w.kernel[0],
                             .kernel_w = w.kernel[1],
                             .stride_h = w.strides[0],
                             .stride_w = w.strides[1],
                             .dilation_h = w.dilations[0],
                             .dilation_w = w.dilations[1],
                             .padding = padding_of(w)};
  const ops::Overhang overhang{.bottom = op.overhang[0], .right = op.overhang[1]};
  return op.kind == PoolKind::max ? ops::max_pool2d(in[0].tensor, window, overhang)
                                  : ops::avg_pool2d(in[0].tensor, window, op.count_padding, overhang);
}

Tensor express_op(const MatMul& op, Operands in) {
  return ops::matmul(in[0].tensor, in[1].tensor, {op.transpose_a, op.transpose_b});
}

Tensor express_op(const BatchNorm&, Operands) { TW_CHECK(false, "batch_norm has no expression"); }
Tensor express_op(const Gather& op, Operands in) { return ops::gather(in[0].tensor, in[1].tensor, op.axis); }

Tensor express_op(const GatherElements& op, Operands in) {
  return ops::gather_elements(in[0].tensor, in[1].tensor, op.axis);
}

std::optional<te::Combiner> combiner_of(ScatterKind kind) {
  switch (kind) {
    case ScatterKind::replace:
      return std::nullopt;
    case ScatterKind::add:
      return te::Combiner::sum;
    case ScatterKind::mul:
      return te::Combiner::prod;
    case ScatterKind::max:
      return te::Combiner::max;
    case ScatterKind::min:
      return te::Combiner::min;
  }
  TW_CHECK(false, "no such scatter");
}

Tensor express_op(const Scatter& op, Operands in) {
  return ops::scatter(combiner_of(op.kind), in[0].tensor, in[1].tensor, in[2].tensor, op.axis);
}
Tensor express_op(const TopK& op, Operands in) { return ops::top_k(in[0].tensor, op.k, op.axis, op.largest); }

Tensor express_op(const Unary& op, Operands in) { return ops::unary(op.op, in[0].tensor, "T_" + name_of(Op(op))); }
Tensor express_op(const Relu&, Operands in) { return ops::relu(in[0].tensor); }
Tensor express_op(const LeakyRelu& op, Operands in) { return ops::leaky_relu(in[0].tensor, op.alpha); }
Tensor express_op(const Clip& op, Operands in) { return ops::clip(in[0].tensor, op.low, op.high); }
Tensor express_op(const Cast& op, Operands in) { return ops::cast(op.type, in[0].tensor); }
Tensor express_op(const Identity&, Operands in) { return ops::expand(in[0].tensor, in[0].tensor.shape(), "T_copy"); }

Tensor express_op(const Binary& op, Operands in) {
  const std::string name = "T_" + name_of(Op(op));
  if (!in[0].scalar && !in[1].scalar) return ops::binary(op.op, in[0].tensor, in[1].tensor, name);
  const Tensor& tensor = in[0].scalar ? in[1].tensor : in[0].tensor;
  return te::compute(
      tensor.shape(), name,
      [&](std::span<const Expr> at) {
        const auto value = [&](const Operand& operand) {
          return operand.scalar ? te::constant(tensor.type(), *operand.scalar) : tensor({at.begin(), at.end()});
        };
        return te::binary(op.op, value(in[0]), value(in[1]));
      },
      ops::axis_names("ax", tensor.shape().size()));
}

Tensor express_op(const Select&, Operands in) {
  Shape shape;
  for (const Operand& operand : in)
    if (!operand.scalar) shape = ops::broadcast_shape("select", shape, operand.tensor.shape());
  return te::compute(
      shape, "T_where",
      [&](std::span<const Expr> at) {
        const auto value = [&](const Operand& operand) {
          return operand.scalar ? te::constant(operand.scalar_type, *operand.scalar)
                                : ops::load_broadcast(operand.tensor, shape, at);
        };
        return te::select(value(in[0]), value(in[1]), value(in[2]));
      },
      ops::axis_names("ax", shape.size()));
}

Tensor express_op(const Reduce& op, Operands in) {
  const Tensor& x = in[0].tensor;
  switch (op.kind) {
    case ReduceKind::mean:
      return ops::mean(x, op.axes, op.keep_dims);
    case ReduceKind::sum:
      return ops::reduce(te::Combiner::sum, x, op.axes, op.keep_dims, "T_sum");
    case ReduceKind::max:
      return ops::reduce(te::Combiner::max, x, op.axes, op.keep_dims, "T_max");
    case ReduceKind::min:
      return ops::reduce(te::Combiner::min, x, op.axes, op.keep_dims, "T_min");
    case ReduceKind::prod:
      return ops::reduce(te::Combiner::prod, x, op.axes, op.keep_dims, "T_prod");
  }
  TW_CHECK(false, "no such reduction");
}

Tensor express_op(const CumSum& op, Operands in) {
  return ops::cumulative_sum(in[0].tensor, op.axis, op.exclusive, op.reverse);
}

Tensor express_op(const Softmax& op, Operands in) {
  return op.log ? ops::log_softmax(in[0].tensor, op.axis) : ops::softmax(in[0].tensor, op.axis);
}

/// Stages: lrn_square, lrn_pad (zeros around the axis), lrn_sum over the window, lrn.
Tensor express_op(const Lrn& op, Operands in) {
  const Tensor& x = in[0].tensor;
  const auto axis = static_cast<std::size_t>(op.axis);
  Shape before(x.shape().size(), 0), after = before;
  before[axis] = (op.size - 1) / 2;
  after[axis] = op.size - 1 - before[axis];
  const std::vector<std::string> names = ops::axis_names("ax", x.shape().size());
  const auto element = [](std::span<const Expr> at) { return std::vector<Expr>(at.begin(), at.end()); };
  const Tensor square = ops::multiply(x, x, "lrn_square");
  const Tensor padded = ops::pad(square, before, after, te::constant(x.type(), 0), "lrn_pad");
  const te::AxisRef window = te::reduce_axis(op.size, "k");
  const Tensor sum = te::compute(
      x.shape(), "lrn_sum",
      [&](std::span<const Expr> at) {
        std::vector<Expr> index = element(at);
        index[axis] = index[axis] + window;
        return te::sum(padded(index), {window});
      },
      names);
  return te::compute(
      x.shape(), "lrn",
      [&](std::span<const Expr> at) {
        const auto number = [&](double value) { return te::constant(x.type(), value); };
        const Expr base = number(op.bias) + number(op.alpha / static_cast<double>(op.size)) * sum(element(at));
        return x(element(at)) * te::binary(te::BinaryOp::pow, base, number(-op.beta));
      },
      names);
}

Tensor express_op(const Reshape& op, Operands in) { return ops::reshape(in[0].tensor, op.shape); }
Tensor express_op(const Transpose& op, Operands in) { return ops::transpose(in[0].tensor, op.order); }
Tensor express_op(const Expand& op, Operands in) { return ops::expand(in[0].tensor, op.shape); }

Tensor express_op(const Concat& op, Operands in) {
  std::vector<Tensor> tensors;
  for (const Operand& operand : in) tensors.push_back(operand.tensor);
  return ops::concat(tensors, op.axis);
}

Tensor express_op(const Pad& op, Operands in) {
  return ops::pad(in[0].tensor, op.begin, op.end, te::constant(in[0].tensor.type(), op.value));
}

Tensor express_op(const Slice& op, Operands in) {
  std::vector<ops::Slice> slices;
  for (std::size_t d = 0; d < op.shape.size(); ++d) slices.push_back({op.starts[d], op.shape[d], op.steps[d]});
  return ops::slice(in[0].tensor, slices);
}

}  // namespace

bool is_expressible(const Op& op) {
  if (const auto* conv = std::get_if<Conv>(&op)) return conv->layout == Layout::nhwc;
  if (const auto* pool = std::get_if<Pool>(&op)) return pool->layout == Layout::nhwc;
  return !std::holds_alternative<BatchNorm>(op);
}

Tensor express(const Op& op, std::span<const Operand> operands) {
  return match_variant(op, [&](const auto& o) { return express_op(o, operands); });
}

}  // namespace tilewright::graph
