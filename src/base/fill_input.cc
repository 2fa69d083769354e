#include "base/fill_input.h"

#include <algorithm>

#include "base/element.h"
#include "base/hash.h"

namespace tilewright {
namespace {

/// Element `i` of the splitmix64 stream (base/rng.h), reached directly, so that a loop over elements can be vectorised.
std::uint64_t bits_at(std::uint64_t seed, std::int64_t i) {
  std::uint64_t z = seed + (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

/// Uniform in [-1, 1), a multiple of 2^(1 - bits).
double signed_fraction(std::uint64_t random, int bits) {
  const auto steps = static_cast<std::int64_t>(random >> (64 - bits)) - (std::int64_t{1} << (bits - 1));
  return static_cast<double>(steps) / static_cast<double>(std::int64_t{1} << (bits - 1));
}

/// -8 … 7 but 0, which may stand for a divisor.
std::int64_t nonzero(std::uint64_t random) {
  const std::int64_t value = static_cast<std::int64_t>(random >> 60) - 8;
  return value == 0 ? 7 : value;
}

Number value_of(DType type, std::uint64_t random) {
  switch (type) {
    case DType::boolean:
      return static_cast<std::int64_t>(random >> 63);
    case DType::u8:
      return std::max<std::int64_t>(1, static_cast<std::int64_t>(random >> 60));
    case DType::i8:
    case DType::i32:
    case DType::i64:
      return nonzero(random);
    case DType::bf16:
      return signed_fraction(random, 8);
    case DType::f32:
      return signed_fraction(random, 24);
    case DType::f64:
      return signed_fraction(random, 53);
  }
  return 0.0;
}

}  // namespace

void fill_input(DType type, void* data, std::int64_t elements, std::uint64_t seed, int argument) {
  const std::uint64_t stream = hash_mix(seed, static_cast<std::uint64_t>(argument));
  if (type == DType::f32) {  // the common case, and weights may be hundreds of megabytes
    auto* out = static_cast<float*>(data);
    for (std::int64_t i = 0; i < elements; ++i) out[i] = static_cast<float>(signed_fraction(bits_at(stream, i), 24));
    return;
  }
  for (std::int64_t i = 0; i < elements; ++i) store_element(type, data, i, value_of(type, bits_at(stream, i)));
}

}  // namespace tilewright
