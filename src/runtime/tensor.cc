#include "runtime/tensor.h"

#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/integer.h"
#include "base/out_of_memory.h"

namespace tilewright::runtime {
namespace {

/// Errors: InternalError for a negative dimension or more bytes than an int64 holds.
std::int64_t bytes_of_shape(DType type, const std::vector<std::int64_t>& shape) {
  std::int64_t bytes = bytes_of(type);
  for (const std::int64_t dim : shape) {
    TW_CHECK(dim >= 0, "tensor dimension {} is negative", dim);
    TW_CHECK(dim == 0 || bytes <= std::numeric_limits<std::int64_t>::max() / dim, "tensor is larger than 2^63 bytes");
    bytes *= dim;
  }
  return bytes;
}

}  // namespace

Tensor::Tensor(DType type, std::vector<std::int64_t> shape, Use use) : type_(type), shape_(std::move(shape)) {
  const std::int64_t bytes = bytes_of_shape(type_, shape_);
  data_ = allocate(bytes, use);
  if (data_ == nullptr) throw OutOfMemory("a tensor needs {} bytes", bytes);
  std::memset(data_.get(), 0, static_cast<std::size_t>(bytes));
}

Tensor Tensor::view(DType type, std::vector<std::int64_t> shape, void* data) {
  bytes_of_shape(type, shape);
  Tensor tensor;
  tensor.type_ = type;
  tensor.shape_ = std::move(shape);
  tensor.data_ = std::shared_ptr<void>(std::shared_ptr<void>(), data);  // no owner
  return tensor;
}

std::int64_t Tensor::elements() const { return data_ == nullptr ? 0 : product(shape_); }

void normalise_bools(Tensor& tensor) {
  if (tensor.type() != DType::boolean) return;
  for (std::uint8_t& value : tensor.as<std::uint8_t>()) value = value != 0;
}

}  // namespace tilewright::runtime
