#include "base/rewrite.h"

#include <fcntl.h>

#include <cerrno>
#include <span>

#include "base/replacement.h"

namespace tilewright {
Rewrite::Rewrite(const std::filesystem::path& path, bool from_itself, const Patience& patience)
    : path_(path), from_itself_(from_itself) {
  for (;;) {
    const std::optional<OutputTarget> target = output_target(path);
    if (!target) fail_to_write(path);
    target_ = *target;
    if (target_.is_stream || !target_.status) return;
    lock_.reset();
    file_ = Descriptor(::open(target_.path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!file_ && errno == ENOENT) continue;
    if (!file_) fail_to_write(path);
    lock_.emplace(file_, path, patience);
    if (is_current(file_, target_.path)) return;
  }
}

void Rewrite::write(std::string_view bytes) const {
  const std::span pieces(&bytes, 1);
  if (target_.is_stream) return write_stream(target_, path_, pieces);
  if (!from_itself_) refuse_if_read(target_, path_);
  Replacement replacement(target_, path_);
  replacement.write(pieces);
  replacement.take_place(target_.status ? Replacement::Existing::replaced : Replacement::Existing::refused);
}

}  // namespace tilewright
