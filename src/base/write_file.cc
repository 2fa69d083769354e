#include "base/file.h"
#include "base/output_target.h"
#include "base/replacement.h"

namespace tilewright {

void write_file(const std::filesystem::path& path, std::string_view bytes) { write_file(path, std::span(&bytes, 1)); }

void write_file(const std::filesystem::path& path, std::span<const std::string_view> pieces) {
  const std::optional<OutputTarget> target = output_target(path);
  if (!target) fail_to_write(path);
  if (target->is_stream) return write_stream(*target, path, pieces);
  refuse_if_read(*target, path);
  Replacement replacement(*target, path);
  replacement.write(pieces);
  replacement.take_place(Replacement::Existing::replaced);
}

}  // namespace tilewright
