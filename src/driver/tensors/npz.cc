#include "driver/tensors/npz.h"

#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/input_file.h"
#include "driver/tensors/npy.h"

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

/// An array inside of an archive, read from the front; what is wrong is said of `where`.
class Entry {
 public:
  Entry(zip_t* archive, zip_uint64_t index, std::string where) : where_(std::move(where)), file_(nullptr, zip_fclose) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive, index, 0, &stat) != 0) fail(": {}", zip_strerror(archive));
    // Those that NumPy writes. To unpack others may take much memory, whatever the array's size.
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
      fail(" is compressed by a method that NumPy does not know");
    file_.reset(zip_fopen_index(archive, index, 0));
    if (!file_) fail(": {}", zip_strerror(archive));
  }

  /// Fewer bytes than asked for: the array ends there, and its checksum was right.
  std::size_t read(char* into, std::size_t bytes) {
    std::size_t filled = 0;
    while (filled < bytes) {
      const zip_int64_t got = zip_fread(file_.get(), into + filled, bytes - filled);
      if (got < 0) fail(": damaged: {}", zip_file_strerror(file_.get()));
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return filled;
  }

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(Code::bad_input, "{}{}", where_, fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  std::string where_;
  std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file_;
};

/// The start of an array: its header, and the data that was read along with it.
struct Start {
  NpyHeader header;
  std::string bytes;
};
Start read_start(Entry& entry) {
  std::string bytes(kMostNpyHeaderBytes, '\0');
  bytes.resize(entry.read(bytes.data(), bytes.size()));
  Result<NpyHeader> header = parse_npy_header(bytes);
  if (!header) entry.fail(" {}", header.message());
  return {std::move(*header), std::move(bytes)};
}

runtime::Tensor read_data(Entry& entry, const Start& start) {
  runtime::Tensor tensor(start.header.type, start.header.shape);
  const auto size = static_cast<std::size_t>(start.header.bytes);
  const std::string_view first = std::string_view(start.bytes).substr(static_cast<std::size_t>(start.header.begin));
  const std::size_t known = first.copy(static_cast<char*>(tensor.data()), size);
  const std::size_t filled = known + entry.read(static_cast<char*>(tensor.data()) + known, size - known);
  if (filled < size) entry.fail(" is cut short: {} bytes of data, its shape needs {}", filled, size);
  char more = 0;
  if (first.size() > size || entry.read(&more, 1) != 0)
    entry.fail(" has more data than the {} bytes that its shape needs", size);
  normalise_bools(tensor);
  return tensor;
}

/// What is in a file, which is closed along with the source.
Source source_of(const std::filesystem::path& path, ZipError& error) {
  const Result<InputFile> file = open_input(path);
  if (!file) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), file.message());
  std::unique_ptr<FILE, decltype(&std::fclose)> stream(::fdopen(::dup(file->descriptor()), "rb"), std::fclose);
  if (!stream) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), std::strerror(errno));
  Source source(zip_source_filep_create(stream.get(), 0, -1, &error.error), zip_source_free);
  if (!source) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), error.text());
  static_cast<void>(stream.release());
  return source;
}

/// Calls use(name, entry) for every array of the file.
void for_each_array(const std::filesystem::path& path, const std::function<void(std::string, Entry&)>& use) {
  ZipError error;
  const Source source = source_of(path, error);
  const Archive archive = open_archive(source.get(), ZIP_RDONLY, error);
  if (!archive) throw Error(Code::bad_input, "{} is not an .npz file: {}", path.string(), error.text());
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    const char* const text = zip_get_name(archive.get(), i, ZIP_FL_ENC_RAW);
    std::string name = text == nullptr ? "" : text;
    if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
    Entry entry(archive.get(), i, fmt::format("array {} of {}", name, path.string()));
    use(std::move(name), entry);
  }
}

bool fits(const runtime::Port& port, const std::string& name, const NpyHeader& header) {
  return port.name == name && port.shape == header.shape;
}

}  // namespace

std::vector<runtime::Port> npz_arrays(const std::filesystem::path& path) {
  std::vector<runtime::Port> arrays;
  for_each_array(path, [&](std::string name, Entry& entry) {
    NpyHeader header = read_start(entry).header;
    arrays.push_back({std::move(name), header.type, std::move(header.shape)});
  });
  return arrays;
}

NamedTensors read_npz(const std::filesystem::path& path, std::span<const runtime::Port> ports) {
  NamedTensors tensors;
  for_each_array(path, [&](std::string name, Entry& entry) {
    if (tensors.contains(name)) return;
    const Start start = read_start(entry);
    const bool wanted = std::ranges::any_of(ports, [&](const auto& port) { return fits(port, name, start.header); });
    tensors.emplace(std::move(name), wanted ? read_data(entry, start)
                                            : runtime::Tensor::view(start.header.type, start.header.shape, nullptr));
  });
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
