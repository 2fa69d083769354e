#pragma once

#include <span>
#include <string>

#include "graph/op.h"

// What the printer and the parser of graphs agree on; the grammar is in docs/passes.md.

namespace tilewright::graph {

/// Of constants of fewer bytes, looking for an equal one costs more than it spares: they have no TensorInfo::content,
/// and are printed by value.
inline constexpr std::int64_t kLeastSharedBytes = 4096;

/// One operator of each name, with the numbers that texts leave out.
std::span<const Op> plain_ops();
/// What the operator is called in texts: its name_of, but all convolutions over two dimensions are conv2d.
std::string word_of(const Op& op);

// Calls f(name, field) for each field of an operator that its name does not tell.
template <class Windowed, class F>
void each_window_field(Windowed& o, F& f) {
  f("kernel", o.kernel), f("strides", o.strides), f("dilations", o.dilations);
  f("pad_begin", o.pad_begin), f("pad_end", o.pad_end);
}
template <class F>
void each_field(Conv& o, F& f) {
  each_window_field(o.window, f);
  f("groups", o.groups), f("layout", o.layout), f("winograd", o.winograd_tile), f("phases", o.phases);
}
template <class F>
void each_field(Conv3d& o, F& f) {
  each_window_field(o, f);
}
template <class F>
void each_field(Pool& o, F& f) {
  each_window_field(o.window, f);
  f("count_padding", o.count_padding), f("layout", o.layout), f("overhang", o.overhang);
}
template <class F>
void each_field(MatMul& o, F& f) {
  f("transpose_a", o.transpose_a), f("transpose_b", o.transpose_b);
}
template <class F>
void each_field(BatchNorm& o, F& f) {
  f("epsilon", o.epsilon);
}
template <class F>
void each_field(LeakyRelu& o, F& f) {
  f("alpha", o.alpha);
}
template <class F>
void each_field(Clip& o, F& f) {
  f("low", o.low), f("high", o.high);
}
template <class F>
void each_field(Cast& o, F& f) {
  f("type", o.type);
}
template <class F>
void each_field(Reduce& o, F& f) {
  f("axes", o.axes), f("keep_dims", o.keep_dims);
}
template <class F>
void each_field(CumSum& o, F& f) {
  f("axis", o.axis), f("exclusive", o.exclusive), f("reverse", o.reverse);
}
template <class F>
void each_field(Softmax& o, F& f) {
  f("axis", o.axis);
}
template <class F>
void each_field(Lrn& o, F& f) {
  f("size", o.size), f("alpha", o.alpha), f("beta", o.beta), f("bias", o.bias), f("axis", o.axis);
}
template <class F>
void each_field(Reshape& o, F& f) {
  f("shape", o.shape);
}
template <class F>
void each_field(Transpose& o, F& f) {
  f("order", o.order);
}
template <class F>
void each_field(Concat& o, F& f) {
  f("axis", o.axis);
}
template <class F>
void each_field(Pad& o, F& f) {
  f("begin", o.begin), f("end", o.end), f("value", o.value);
}
template <class F>
void each_field(Slice& o, F& f) {
  f("starts", o.starts), f("steps", o.steps), f("shape", o.shape);
}
template <class F>
void each_field(Expand& o, F& f) {
  f("shape", o.shape);
}
template <class F>
void each_field(Gather& o, F& f) {
  f("axis", o.axis);
}
template <class Other, class F>
void each_field(Other&, F&) {}

}  // namespace tilewright::graph
