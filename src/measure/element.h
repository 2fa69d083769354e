#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace tilewright::measure {

/// Element `index` of a dense array of `type` as a double (i64 beyond 2^53: rounded).
double load_element(DType type, const void* data, std::int64_t index);

/// Writes `value`, rounded to the nearest the type holds (bf16: ties to even; integers: a value within their range).
void store_element(DType type, void* data, std::int64_t index, double value);

}  // namespace tilewright::measure
