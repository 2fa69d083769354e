#include "base/file.h"

#include "base/output_target.h"
#include "base/replacement.h"

namespace tilewright {

std::string read_file(const std::filesystem::path& path, std::int64_t most_bytes) {
  const Result<InputFile> file = open_input(path);
  if (!file) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), file.message());
  Result<std::string> bytes = read_all(*file, most_bytes);
  if (!bytes) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), bytes.message());
  return std::move(*bytes);
}

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
