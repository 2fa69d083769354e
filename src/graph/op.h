#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/dtype.h"
#include "ops/conv.h"
#include "te/expr.h"

namespace tilewright::graph {

using Shape = std::vector<std::int64_t>;

// The operators of a network: few, with ONNX's many spelled in terms of them by the importer. Every node has one
// output. Elementwise operators broadcast like NumPy. Axes are positive.

enum class Layout : std::uint8_t { nchw, nhwc };

/// A window that slides over two spatial dimensions, height first.
struct Window {
  std::array<std::int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1}, pad_begin{0, 0}, pad_end{0, 0};
  bool operator==(const Window&) const = default;
};
/// Inputs: data, weights. nchw: NCHW and OIHW; nhwc: NHWC and HWIO; I counts the input channels of one group.
/// nhwc with as many groups as channels c: the weights are [kh, kw, c, filters / c].
struct Conv {
  Window window;
  std::int64_t groups = 1;
  Layout layout = Layout::nchw;
  /// 2 or 4: computed by Winograd's F(t x t, 3 x 3), nhwc only; the weights are then [t + 2, t + 2, c, filters],
  /// transformed already (graph/winograd.h). 0: directly.
  std::int64_t winograd_tile = 0;
  ops::Phases2d phases{};  ///< of a transposed convolution
};
/// Inputs: data [n, d, h, w, c], weights [kd, kh, kw, c, filters]. Numbers are those of depth, height and width.
struct Conv3d {
  std::array<std::int64_t, 3> kernel{1, 1, 1}, strides{1, 1, 1}, dilations{1, 1, 1};
  std::array<std::int64_t, 3> pad_begin{0, 0, 0}, pad_end{0, 0, 0};
};
enum class PoolKind : std::uint8_t { max, average };
struct Pool {
  PoolKind kind;
  Window window;
  bool count_padding = false;  ///< average: padding counts as elements of value 0
  Layout layout = Layout::nchw;
  std::array<std::int64_t, 2> overhang{0, 0};  ///< of the last windows past the padding, never counted
};
/// Inputs: a [..., m, k], b [..., k, n] (the last two swapped where transposed); leading dimensions broadcast.
struct MatMul {
  bool transpose_a = false, transpose_b = false;
};
/// Inputs: data, scale, bias, mean, variance; dimension 1 of data is the channel.
struct BatchNorm {
  double epsilon;
};
struct Unary {
  te::UnaryOp op;
};
struct Relu {};
struct LeakyRelu {
  double alpha;
};
/// Infinite bounds are left out.
struct Clip {
  double low, high;
};
struct Binary {
  te::BinaryOp op;
};
/// Inputs: condition, value where it holds, value elsewhere.
struct Select {};
struct Cast {
  DType type;
};
enum class ReduceKind : std::uint8_t { sum, mean, max, min, prod };
struct Reduce {
  ReduceKind kind;
  std::vector<int> axes;  ///< ascending
  bool keep_dims = true;
};
/// Element i along `axis` is the sum of the elements up to i, without i where `exclusive`; from the end on where
/// `reverse`.
struct CumSum {
  int axis;
  bool exclusive = false, reverse = false;
};
struct Softmax {
  int axis;
  bool log = false;
};
/// Local response normalization over `axis`: x / (bias + alpha / size * sum of squares in the window) ^ beta.
struct Lrn {
  std::int64_t size;
  double alpha, beta, bias;
  int axis = 1;
};
/// Dense row-major data seen with another shape: never moves anything.
struct Reshape {
  Shape shape;
};
/// Output dimension i is input dimension order[i].
struct Transpose {
  std::vector<int> order;
};
struct Concat {
  int axis;
};
struct Pad {
  Shape begin, end;
  Number value = 0.0;  ///< as the type of the data holds it
};
/// Output element i of a dimension is input element start + i * step; step may be negative.
struct Slice {
  Shape starts, steps, shape;
};
/// Broadcasts to `shape`.
struct Expand {
  Shape shape;
};
/// Inputs: data, indices (integers; negative ones count from the back).
struct Gather {
  int axis;
};
/// Inputs: data, indices (as many dimensions). Element i is that of the data at the same place but along `axis`.
struct GatherElements {
  int axis;
};
enum class ScatterKind : std::uint8_t { replace, add, mul, max, min };
/// Inputs: data, indices, updates: each update goes to the position along `axis` that its index says (ops/scatter.h).
struct Scatter {
  int axis;
  ScatterKind kind;
};
/// Positions of the `k` largest or smallest elements, in that order.
struct TopK {
  int axis;
  std::int64_t k;
  bool largest = true;
};
struct Identity {};

using Op = std::variant<Conv, Conv3d, Pool, MatMul, BatchNorm, Unary, Relu, LeakyRelu, Clip, Binary, Select, Cast,
                        Reduce, CumSum, Softmax, Lrn, Reshape, Transpose, Concat, Pad, Slice, Expand, Gather,
                        GatherElements, Scatter, TopK, Identity>;

/// "conv", "add", "relu", …: what descriptions and node names are made of.
std::string name_of(const Op& op);
/// Each output element depends on the elements at the same (broadcast) position only.
bool is_elementwise(const Op& op);

}  // namespace tilewright::graph
