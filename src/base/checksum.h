#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace tilewright {

/// 64 bits that tell whether bytes are what they were (XXH3, some 10 GB/s): against damage, not against forgery. The
/// bytes come in pieces, however they are cut. Stable across runs and machines.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;
  void add(std::string_view bytes);
  /// Of all bytes so far.
  std::uint64_t value() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Of bytes that are in one piece.
std::uint64_t checksum(std::string_view bytes);

}  // namespace tilewright
