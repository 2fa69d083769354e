#include "base/rewrite.h"

#include <fcntl.h>

#include <cerrno>
#include <span>

#include "base/error.h"
#include "base/replacement.h"

namespace tilewright {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path) {
  throw Error(Code::cannot_write, "cannot write {}: {}", path.string(), system_reason());
}

}  // namespace

Rewrite::Rewrite(const std::filesystem::path& path, bool from_itself, const Patience& patience)
    : path_(path), from_itself_(from_itself) {
  for (;;) {
    const std::optional<OutputTarget> target = output_target(path);
    if (!target) fail(path);
    target_ = *target;
    if (target_.is_stream || !target_.status) return;
    lock_.reset();
    file_ = Descriptor(::open(target_.path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!file_ && errno == ENOENT) continue;
    if (!file_) fail(path);
    lock_.emplace(file_, path, patience);
    if (is_current(file_, target_.path)) return;
  }
}

void Rewrite::write(std::string_view bytes) const {
  if (target_.is_stream) {
    const Descriptor stream = open_stream(target_);
    if (!stream || !write_all(stream.get(), bytes)) fail(path_);
    return;
  }
  if (!from_itself_) refuse_if_read(target_, path_);
  Replacement replacement(target_, path_);
  replacement.write(std::span(&bytes, 1));
  replacement.take_place(target_.status ? Replacement::Existing::replaced : Replacement::Existing::refused);
}

}  // namespace tilewright
