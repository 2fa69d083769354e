#include "driver/npz.h"

#include <zip.h>

#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "driver/npy.h"

namespace tilewright::driver {
namespace {

constexpr std::string_view kSuffix = ".npy";

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Source = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;

struct ZipError {
  zip_error_t error;
  ZipError() { zip_error_init(&error); }
  ~ZipError() { zip_error_fini(&error); }
  std::string text() { return zip_error_strerror(&error); }
};

/// An archive over `source`, which it keeps a reference of its own to.
Archive open_archive(zip_source_t* source, int flags, ZipError& error) {
  zip_source_keep(source);
  Archive archive(zip_open_from_source(source, flags, &error.error), zip_discard);
  if (!archive) zip_source_free(source);
  return archive;
}

std::string read_entry(zip_t* archive, zip_uint64_t index, const std::string& where) {
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(archive, index, 0), zip_fclose);
  if (!file) throw Error(Code::bad_input, "{}: {}", where, zip_strerror(archive));
  std::string bytes;
  constexpr std::size_t kChunk = 1 << 20;  // grown as it is read: the size that the archive states may be a lie
  for (;;) {
    const std::size_t filled = bytes.size();
    bytes.resize(filled + kChunk);
    const zip_int64_t got = zip_fread(file.get(), bytes.data() + filled, kChunk);
    if (got < 0) throw Error(Code::bad_input, "{}: damaged: {}", where, zip_file_strerror(file.get()));
    bytes.resize(filled + static_cast<std::size_t>(got));
    if (got == 0) return bytes;  // only now was the checksum compared
  }
}

}  // namespace

NamedTensors read_npz(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  ZipError error;
  const Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error.error), zip_source_free);
  const Archive archive = open_archive(source.get(), ZIP_RDONLY, error);
  if (!archive) throw Error(Code::bad_input, "{} is not an .npz file: {}", path.string(), error.text());

  NamedTensors tensors;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    std::string name = zip_get_name(archive.get(), i, ZIP_FL_ENC_RAW);
    if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
    const std::string where = fmt::format("array {} of {}", name, path.string());
    Result<runtime::Tensor> tensor = parse_npy(read_entry(archive.get(), i, where));
    if (!tensor) throw Error(Code::bad_input, "{} {}", where, tensor.message());
    tensors.emplace(std::move(name), std::move(*tensor));
  }
  return tensors;
}

void write_npz(const std::filesystem::path& path, const NamedTensors& tensors) {
  ZipError error;
  const Source result(zip_source_buffer_create(nullptr, 0, 0, &error.error), zip_source_free);
  Archive archive = open_archive(result.get(), ZIP_TRUNCATE, error);
  TW_CHECK(archive != nullptr, "{}", error.text());

  std::map<std::string, std::string> contents;  // must live until the archive is closed
  for (const auto& [name, tensor] : tensors) {
    const std::string& bytes = contents.emplace(name + std::string(kSuffix), to_npy(tensor)).first->second;
    zip_source_t* const entry = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
    const zip_int64_t index =
        zip_file_add(archive.get(), (name + std::string(kSuffix)).c_str(), entry, ZIP_FL_ENC_UTF_8);
    TW_CHECK(index >= 0, "{}", zip_strerror(archive.get()));
    zip_set_file_compression(archive.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  TW_CHECK(zip_close(archive.get()) == 0, "{}", zip_strerror(archive.get()));
  static_cast<void>(archive.release());

  zip_stat_t stat;
  TW_CHECK(zip_source_stat(result.get(), &stat) == 0 && zip_source_open(result.get()) == 0);
  std::string bytes(stat.size, '\0');
  const zip_int64_t got = zip_source_read(result.get(), bytes.data(), bytes.size());
  zip_source_close(result.get());
  TW_CHECK(got == static_cast<zip_int64_t>(bytes.size()));
  write_file(path, bytes);
}

}  // namespace tilewright::driver
