#pragma once

#include <map>
#include <string>

#include "graph/partition.h"
#include "te/interpreter.h"

namespace tilewright::graph {

using Arrays = std::map<std::string, te::Array>;

/// Runs a partition with the reference interpreter of `te`, call by call. Inputs and results by name.
Arrays run_reference(const Partition& partition, const Arrays& inputs);

/// Values in [-1, 1) that f32 holds exactly.
te::Array random_array(const Shape& shape, std::uint64_t seed);
/// 1, 2, 3, …
te::Array counting(const Shape& shape);
te::Array array(const Shape& shape, std::vector<double> values, DType type = DType::f32);

/// Every float within `tolerance` of the expected one; integers, shapes and types equal.
void expect_near(const te::Array& actual, const te::Array& expected, double tolerance = 1e-6);

}  // namespace tilewright::graph
