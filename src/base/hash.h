#pragma once

#include <cstdint>
#include <string_view>

namespace tilewright {

/// Mixes a value into a running 64-bit hash. Stable across runs and machines.
constexpr std::uint64_t hash_mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 32);
}

/// FNV-1a over the bytes, then mixed. Stable across runs and machines.
constexpr std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed = 0xcbf29ce484222325ULL) {
  for (char c : bytes) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash_mix(seed, bytes.size());
}

}  // namespace tilewright
