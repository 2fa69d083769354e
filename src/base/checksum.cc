#include "base/checksum.h"

#define XXH_INLINE_ALL  // the header is all that is needed, so that it serves a cross compiler, too
#include <xxhash.h>

namespace tilewright {

struct Checksum::Impl {
  XXH3_state_t xxh3;
};

Checksum::Checksum() : impl_(std::make_unique<Impl>()) { XXH3_64bits_reset(&impl_->xxh3); }
Checksum::~Checksum() = default;
void Checksum::add(std::string_view bytes) { XXH3_64bits_update(&impl_->xxh3, bytes.data(), bytes.size()); }
std::uint64_t Checksum::value() const { return XXH3_64bits_digest(&impl_->xxh3); }

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace tilewright
