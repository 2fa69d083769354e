#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "base/integer.h"
#include "base/rng.h"
#include "ops/broadcast.h"
#include "te/error_bound.h"

namespace tilewright::ops {

/// A dense array for hand-written loop nests.
struct Grid {
  Shape shape;
  std::vector<double> values;

  explicit Grid(Shape s) : shape(std::move(s)), values(static_cast<std::size_t>(product(shape))) {}
  Grid(Shape s, std::vector<double> v) : shape(std::move(s)), values(std::move(v)) {}
  template <class... Index>
  double& operator()(Index... index) {
    return values[offset({static_cast<std::int64_t>(index)...})];
  }
  double& at(const std::vector<std::int64_t>& index) { return values[offset(index)]; }
  std::int64_t dim(std::size_t d) const { return shape[d]; }

 private:
  std::size_t offset(const std::vector<std::int64_t>& index) const {
    EXPECT_EQ(index.size(), shape.size());
    std::int64_t offset = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      EXPECT_TRUE(0 <= index[d] && index[d] < shape[d]) << "reference out of bounds";
      offset = offset * shape[d] + index[d];
    }
    return static_cast<std::size_t>(offset);
  }
};

/// Calls `f` with every index of `shape`.
inline void for_each_index(const Shape& shape, const std::function<void(const std::vector<std::int64_t>&)>& f) {
  std::vector<std::int64_t> index(shape.size());
  for (std::int64_t n = 0; n < product(shape); ++n) {
    std::int64_t rest = n;
    for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) index[d] = rest % shape[d];
    f(index);
  }
}

using Reference = std::function<Grid(std::vector<Grid>&)>;

/// Interprets `result` on random inputs and expects what `reference` computes from them, within the error bound.
inline void expect_computes(const std::vector<te::Tensor>& inputs, const te::Tensor& result, const Reference& reference,
                            const std::function<void(std::vector<te::Array>&)>& prepare = {}) {
  std::vector<te::Tensor> arguments = inputs;
  arguments.push_back(result);
  const te::DagRef dag = te::Dag::make(arguments);
  std::vector<te::Array> arrays = te::random_inputs(*dag, 7);
  if (prepare) prepare(arrays);
  std::vector<Grid> grids;
  for (const te::Array& array : arrays) {
    Grid& grid = grids.emplace_back(array.shape);
    for (std::size_t i = 0; i < array.size(); ++i) grid.values[i] = to_double(array.at(i));
  }
  const Grid grid = reference(grids);
  const te::Array expected(result.type(), grid.shape, grid.values);
  const te::BoundedArray found = te::interpret_with_bounds(*dag, arrays)[0];
  ASSERT_EQ(found.array.shape, expected.shape);
  const std::int64_t miss = found.first_mismatch(expected);
  const auto i = static_cast<std::size_t>(std::max<std::int64_t>(miss, 0));
  ASSERT_EQ(miss, -1) << "element " << i << ": " << to_double(found.array.at(i)) << ", expected "
                      << to_double(expected.at(i)) << "\n"
                      << to_text(*dag);
}

/// The message of the Error that `f` throws.
inline std::string message_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::bad_input);
    return error.what();
  }
  return "no error";
}

/// Ones, primes and powers of two.
inline std::int64_t random_extent(Rng& rng) {
  constexpr std::int64_t kExtents[] = {1, 2, 3, 4, 5, 7, 8, 11};
  return kExtents[rng.below(8)];
}

}  // namespace tilewright::ops
