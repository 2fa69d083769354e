#include "base/file.h"

namespace tilewright {

std::string read_file(const std::filesystem::path& path, std::int64_t most_bytes) {
  const Result<InputFile> file = open_input(path);
  if (!file) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), file.message());
  Result<std::string> bytes = read_all(*file, most_bytes);
  if (!bytes) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), bytes.message());
  return std::move(*bytes);
}

}  // namespace tilewright
