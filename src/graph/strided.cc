#include "graph/strided.h"

namespace tilewright::graph {
namespace {

template <class Element>
void copy_elements(const Shape& shape, const void* in, const Strided& from, void* out, const Strided& to) {
  for_each_pair(shape, from, to, [&](std::int64_t source, std::int64_t target) {
    static_cast<Element*>(out)[target] = static_cast<const Element*>(in)[source];
  });
}

}  // namespace

Strided dense(const Shape& shape) {
  Strided all{0, Shape(shape.size(), 1)};
  for (std::size_t d = shape.size(); d-- > 1;) all.strides[d - 1] = all.strides[d] * shape[d];
  return all;
}

Strided broadcast_to(const Shape& shape, const Shape& target) {
  Strided repeated{0, Shape(target.size(), 0)};
  const Strided all = dense(shape);
  const std::size_t missing = target.size() - shape.size();
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (shape[d] != 1) repeated.strides[missing + d] = all.strides[d];
  return repeated;
}

void copy(const Shape& shape, const runtime::Tensor& in, const Strided& from, runtime::Tensor& out, const Strided& to) {
  switch (bytes_of(in.type())) {
    case 1:
      return copy_elements<std::uint8_t>(shape, in.data(), from, out.data(), to);
    case 2:
      return copy_elements<std::uint16_t>(shape, in.data(), from, out.data(), to);
    case 4:
      return copy_elements<std::uint32_t>(shape, in.data(), from, out.data(), to);
    default:
      return copy_elements<std::uint64_t>(shape, in.data(), from, out.data(), to);
  }
}

}  // namespace tilewright::graph
