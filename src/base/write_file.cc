#include "base/file.h"
#include "base/output_target.h"
#include "base/replacement.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path) {
  throw Error(Code::cannot_write, "cannot write {}: {}", path.string(), system_reason());
}

void write_stream(const OutputTarget& target, const fs::path& path, std::span<const std::string_view> pieces) {
  const Descriptor stream = open_stream(target);
  if (!stream) fail(path);
  for (const std::string_view piece : pieces)
    if (!write_all(stream.get(), piece)) fail(path);
}

}  // namespace

void write_file(const fs::path& path, std::string_view bytes) { write_file(path, std::span(&bytes, 1)); }

void write_file(const fs::path& path, std::span<const std::string_view> pieces) {
  const std::optional<OutputTarget> target = output_target(path);
  if (!target) fail(path);
  if (target->is_stream) return write_stream(*target, path, pieces);
  refuse_if_read(*target, path);
  Replacement replacement(*target, path);
  replacement.write(pieces);
  replacement.take_place(Replacement::Existing::replaced);
}

}  // namespace tilewright
