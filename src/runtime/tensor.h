#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/dtype.h"
#include "runtime/cpu/memory.h"

namespace tilewright::runtime {

/// A dense row-major tensor in memory aligned to 64 bytes. Owns its memory, or looks at another's (`view`).
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType type, std::vector<std::int64_t> shape, Use use = Use::keeping);  ///< zeroed. Errors: OutOfMemory
  static Tensor view(DType type, std::vector<std::int64_t> shape, void* data);
  /// The same memory seen with another shape of as many elements.
  Tensor reshaped(std::vector<std::int64_t> shape) const {
    Tensor other = *this;
    other.shape_ = std::move(shape);
    return other;
  }
  DType type() const { return type_; }
  const std::vector<std::int64_t>& shape() const { return shape_; }
  std::int64_t elements() const;
  std::int64_t bytes() const { return elements() * bytes_of(type_); }
  void* data() { return data_.get(); }
  const void* data() const { return data_.get(); }
  template <class T>
  std::span<T> as() {
    return {static_cast<T*>(data()), static_cast<std::size_t>(elements())};
  }
  template <class T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data()), static_cast<std::size_t>(elements())};
  }

 private:
  DType type_ = DType::f32;
  std::vector<std::int64_t> shape_;
  std::shared_ptr<void> data_;
};

/// Makes every true of a tensor of bools, which files may have as any byte but 0, the 1 that kernels count on.
void normalise_bools(Tensor& tensor);

}  // namespace tilewright::runtime
