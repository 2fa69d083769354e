#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.h"
#include "base/number.h"

namespace tilewright::measure {

/// What one output of a task must be: the reference's bytes and how far a right kernel may be off.
///
/// A float element may differ by `tolerance` (te::tolerance) times the largest finite magnitude in the reference, bf16
/// by two of its roundings if that is more; NaN matches NaN, an infinity the same infinity. Integers must be equal.
class ExpectedOutput {
 public:
  /// `bytes`: dense, as long as type and shape say.
  ExpectedOutput(std::string name, DType type, std::vector<std::int64_t> shape, std::string bytes, double tolerance);
  /// None if `found` (as many bytes, aligned for the type) is right, else where and by how much it is not.
  std::optional<std::string> mismatch(const void* found) const;

 private:
  bool matches(const Number& found, const Number& expected) const;

  std::string name_;
  DType type_;
  std::vector<std::int64_t> shape_;
  std::string bytes_;
  double bound_ = 0;  ///< largest difference allowed
};

/// "[1, 0, 7]": where element `index` of a dense array stands.
std::string position_text(const std::vector<std::int64_t>& shape, std::int64_t index);

}  // namespace tilewright::measure
