#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "base/checksum.h"

namespace tilewright {

/// The parts of a compiled model's file (src/runtime/model/model_file.cc), and the file that they make: with lengths
/// and checksums that are right, whatever the parts say.
struct ModelBytes {
  std::string header, objects, weights;

  /// Nothing if the lengths at its start are none of this file.
  static std::optional<ModelBytes> parse(const std::string& file) {
    std::uint64_t header_bytes, code_end;
    if (file.size() < 64) return std::nullopt;
    std::memcpy(&header_bytes, file.data() + 16, 8);
    std::memcpy(&code_end, file.data() + 24, 8);
    if (code_end < 64 || code_end > file.size() || header_bytes > code_end - 64) return std::nullopt;
    const std::size_t objects_at = std::min(padded(64 + header_bytes), static_cast<std::size_t>(code_end));
    return ModelBytes{file.substr(64, header_bytes), file.substr(objects_at, code_end - objects_at),
                      file.substr(code_end)};
  }

  std::string file() const {
    std::string code = header;
    code.resize(padded(code.size()), '\0');
    code += objects;
    std::string prefix("TILEWRT\n\3\0\0\0\0\0\0\0", 16);
    prefix += number(header.size()) + number(64 + code.size()) + number(64 + code.size() + weights.size()) + number(0) +
              number(checksum(weights)) + number(0);
    prefix.replace(40, 8, number(checksum(prefix + code)));
    return prefix + code + weights;
  }

 private:
  static std::size_t padded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }
  static std::string number(std::uint64_t value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }
};

}  // namespace tilewright
