#include "ops/matmul.h"

#include "reference.h"

namespace tilewright::ops {
namespace {

using te::placeholder;
using te::Tensor;

/// `index` of a broadcast result, as an index into an operand with the batch dimensions of `own`.
std::vector<std::int64_t> batch_index(const std::vector<std::int64_t>& index, const Grid& own) {
  const std::size_t rank = own.shape.size() - 2, skipped = index.size() - 2 - rank;
  std::vector<std::int64_t> result;
  for (std::size_t d = 0; d < rank; ++d) result.push_back(own.shape[d] == 1 ? 0 : index[skipped + d]);
  return result;
}

Grid multiplied(Grid& a, Grid& b, Shape batch, const MatmulParams& p) {
  const std::size_t ra = a.shape.size(), rb = b.shape.size();
  const std::int64_t m = a.shape[ra - (p.transpose_a ? 1 : 2)], k = a.shape[ra - (p.transpose_a ? 2 : 1)];
  batch.insert(batch.end(), {m, b.shape[rb - (p.transpose_b ? 2 : 1)]});
  Grid c(batch);
  for_each_index(c.shape, [&](const auto& at) {
    const std::int64_t i = at[at.size() - 2], j = at[at.size() - 1];
    for (std::int64_t x = 0; x < k; ++x) {
      std::vector<std::int64_t> ia = batch_index(at, a), ib = batch_index(at, b);
      ia.insert(ia.end(), {p.transpose_a ? x : i, p.transpose_a ? i : x});
      ib.insert(ib.end(), {p.transpose_b ? j : x, p.transpose_b ? x : j});
      c.at(at) += a.at(ia) * b.at(ib);
    }
  });
  return c;
}

TEST(Matmul, EqualsItsLoopNestWithTransposesAndBroadcasting) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const MatmulParams params{.transpose_a = rng.chance(0.5), .transpose_b = rng.chance(0.5)};
    const std::int64_t m = random_extent(rng), n = random_extent(rng), k = random_extent(rng);
    Shape batch, batch_a, batch_b;
    for (std::int64_t d = rng.below(3); d > 0; --d) {
      batch.push_back(rng.between(1, 3));
      batch_a.push_back(rng.chance(0.3) ? 1 : batch.back());
      batch_b.push_back(batch_a.back() == batch.back() && rng.chance(0.3) ? 1 : batch.back());
    }
    if (rng.chance(0.2)) batch_b.clear(), batch = batch_a;
    const auto with = [](Shape s, bool swapped, std::int64_t rows, std::int64_t columns) {
      s.insert(s.end(), {swapped ? columns : rows, swapped ? rows : columns});
      return s;
    };
    const Tensor a = placeholder(with(batch_a, params.transpose_a, m, k), "a");
    const Tensor b = placeholder(with(batch_b, params.transpose_b, k, n), "b");
    expect_computes({a, b}, matmul(a, b, params), [&](auto& in) { return multiplied(in[0], in[1], batch, params); });
  }
}

TEST(Dense, MultipliesByTransposedWeightsOfFreeLayout) {
  const Tensor x = placeholder({3, 5}, "x"), w = placeholder({7, 5}, "w");
  const Tensor y = dense(x, w);
  expect_computes({x, w}, y, [](auto& in) { return multiplied(in[0], in[1], {}, {.transpose_b = true}); });
  EXPECT_EQ(y->attributes.at("layout_free_placeholders"), "w");
  EXPECT_EQ(to_text(y->body), "sum((x[i, k]*w[j, k]), axis=[k])");
}

TEST(BatchMatmul, StretchesABatchOfOne) {
  const Tensor a = placeholder({4, 3, 5}, "a"), b = placeholder({1, 5, 2}, "b");
  expect_computes({a, b}, batch_matmul(a, b), [](auto& in) { return multiplied(in[0], in[1], {4}, {}); });
}

TEST(Matmul, SaysWhatDoesNotFit) {
  const Tensor a = placeholder({2, 3, 4}, "a");
  EXPECT_EQ(message_of([&] { matmul(a, placeholder({5, 6}, "b")); }),
            "matmul: inner lengths differ: 4 in a of shape 2x3x4, 5 in b of shape 5x6");
  EXPECT_EQ(message_of([&] { matmul(a, placeholder({4}, "b")); }),
            "matmul: operands of shape 2x3x4 and 4, expected at least 2 dimensions each");
  EXPECT_EQ(message_of([&] { matmul(a, placeholder({3, 4, 6}, "b")); }),
            "matmul: shapes 2 and 3 do not broadcast: 2 against 3, expected equal or 1");
  EXPECT_EQ(message_of([&] { matmul(a, placeholder({4, 6}, "b", DType::f64)); }),
            "matmul: a is f32 and b is f64, expected one type");
  EXPECT_EQ(message_of([&] { dense(a, placeholder({4, 6}, "b")); }),
            "dense: data has shape 2x3x4, expected 2 dimensions (rows, features)");
  EXPECT_EQ(message_of([&] { batch_matmul(a, placeholder({4, 6}, "b")); }),
            "batch_matmul: the right operand has shape 4x6, expected 3 dimensions (batch, rows, columns)");
}

}  // namespace
}  // namespace tilewright::ops
