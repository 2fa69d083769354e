// The model file.
//
//   Prefix        64 bytes: magic, version, lengths and checksums
//   header        JSON: everything but the bytes of objects and constants, of which it gives the sizes (plan_header.h)
//   sections      each from a multiple of 64 bytes on: objects, then constants
//
// Numbers are little-endian; offsets count from the start of the file. Every byte is under a checksum. The file is
// read, not mapped: weights in huge pages are worth more than a shared copy, and what has been checked can't change any
// more.

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/checksum.h"
#include "base/error.h"
#include "base/file.h"
#include "base/input_file.h"
#include "base/integer.h"
#include "base/out_of_memory.h"
#include "runtime/cpu/memory.h"
#include "runtime/model/plan_header.h"

namespace tilewright::runtime {
namespace {

constexpr std::string_view kMagic = "TILEWRT\n";
constexpr std::uint32_t kVersion = 3;

struct Prefix {
  char magic[8];
  std::uint32_t version;
  std::uint32_t unused;
  std::uint64_t header_bytes;
  std::uint64_t code_end;  ///< offset of the first constant
  std::uint64_t file_bytes;
  std::uint64_t code_checksum;  ///< of the prefix, with 0 in its place here, and all up to code_end
  std::uint64_t weights_checksum;
  std::uint64_t reserved;
};
static_assert(sizeof(Prefix) == kSectionAlignment);

std::string_view bytes_of(const Prefix& prefix) { return {reinterpret_cast<const char*>(&prefix), sizeof prefix}; }

// ---- writing

/// Pieces of a file, each padded to the alignment.
class Pieces {
 public:
  void add(std::string_view piece) {
    static constexpr char kZeros[kSectionAlignment] = {};
    const auto padded = static_cast<std::size_t>(round_up(static_cast<std::int64_t>(piece.size()), kSectionAlignment));
    list_.push_back(piece);
    list_.push_back({kZeros, padded - piece.size()});
    bytes_ += padded;
  }
  std::uint64_t bytes() const { return bytes_; }
  const std::vector<std::string_view>& list() const { return list_; }

 private:
  std::vector<std::string_view> list_;
  std::uint64_t bytes_ = 0;
};

std::uint64_t checksum(std::span<const std::string_view> pieces) {
  Checksum sum;
  for (const std::string_view piece : pieces) sum.add(piece);
  return sum.value();
}

// ---- reading

[[noreturn]] void fail_damaged(const std::filesystem::path& path, std::string_view why) {
  throw Error(Code::bad_input, "{} is damaged: {}; compile the model again", path.string(), why);
}

/// A regular file, read from its start on.
class Source {
 public:
  explicit Source(const std::filesystem::path& path) : path_(path) {
    Result<InputFile> file = open_input(path);
    if (!file) fail(file.message());
    file_ = std::move(*file);
  }
  std::uint64_t size() const { return static_cast<std::uint64_t>(file_.bytes()); }

  /// The next bytes, as many as there are of them.
  std::size_t read(char* to, std::size_t bytes) {
    const Result<std::size_t> got = file_.read_some(at_, {to, bytes});
    if (!got) fail(got.message());
    at_ += static_cast<std::int64_t>(*got);
    return *got;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(Code::bad_input, "cannot read {}: {}", path_.string(), why);
  }

  std::filesystem::path path_;
  InputFile file_;
  std::int64_t at_ = 0;
};

Prefix read_prefix(Source& source, const std::filesystem::path& path) {
  constexpr std::uint64_t kMostCodeBytes = std::uint64_t{1} << 31;
  Prefix prefix{};
  const std::size_t got = source.read(reinterpret_cast<char*>(&prefix), sizeof prefix);
  if (got < kMagic.size() || std::string_view(prefix.magic, kMagic.size()) != kMagic)
    throw Error(Code::bad_input, "{} is no compiled model of Tilewright", path.string());
  if (got >= offsetof(Prefix, unused) && prefix.version != kVersion)
    throw Error(Code::bad_input,
                "{} is a compiled model of format {}, this program reads format {}; compile the model again",
                path.string(), prefix.version, kVersion);
  if (got < sizeof prefix || source.size() < prefix.file_bytes)
    throw Error(Code::bad_input, "{} is cut off: it has {} bytes instead of {}; compile the model again", path.string(),
                source.size(), got < sizeof prefix ? "more" : std::to_string(prefix.file_bytes));
  if (source.size() != prefix.file_bytes || prefix.code_end > prefix.file_bytes || prefix.code_end < sizeof prefix ||
      prefix.code_end % kSectionAlignment != 0 || prefix.code_end > kMostCodeBytes ||
      prefix.header_bytes > prefix.code_end - sizeof prefix)
    fail_damaged(path, "its lengths contradict each other");
  return prefix;
}

/// Header and objects.
std::string read_code(Source& source, Prefix prefix, const std::filesystem::path& path) {
  std::string code(prefix.code_end - sizeof prefix, '\0');
  code.resize(source.read(code.data(), code.size()));
  const std::uint64_t expected = std::exchange(prefix.code_checksum, 0);
  if (checksum(std::array{bytes_of(prefix), std::string_view(code)}) != expected)
    fail_damaged(path, "the checksum of its code is wrong");
  return code;
}

/// All constants, in one block of huge pages.
std::shared_ptr<void> read_weights(Source& source, const Prefix& prefix, const std::filesystem::path& path) {
  constexpr std::size_t kStep = std::size_t{1} << 20;  // what has been read is still in a cache when it is summed up
  const std::size_t bytes = prefix.file_bytes - prefix.code_end;
  std::shared_ptr<void> block = allocate(static_cast<std::int64_t>(bytes));
  if (!block) throw OutOfMemory("the weights of {} need {} bytes", path.string(), bytes);
  Checksum sum;
  for (std::size_t at = 0; at < bytes;) {
    char* const to = static_cast<char*>(block.get()) + at;
    const std::size_t got = source.read(to, std::min(kStep, bytes - at));
    if (got == 0) fail_damaged(path, "it became shorter while it was read");
    sum.add({to, got});
    at += got;
  }
  if (sum.value() != prefix.weights_checksum) fail_damaged(path, "the checksum of its weights is wrong");
  return block;
}

}  // namespace

void Model::save(const std::filesystem::path& path) const { save_plan(*plan_, path); }

void save_plan(const ModelPlan& plan, const std::filesystem::path& path) {
  const std::string header = header_of(plan);
  Prefix prefix{};
  Pieces pieces;
  pieces.add(bytes_of(prefix));
  pieces.add(header);
  for (const std::string& object : plan.objects) pieces.add(object);
  const std::size_t code_pieces = pieces.list().size();
  std::memcpy(prefix.magic, kMagic.data(), kMagic.size());
  prefix.version = kVersion;
  prefix.header_bytes = header.size();
  prefix.code_end = pieces.bytes();
  for (const Tensor& constant : plan.constants)
    pieces.add({static_cast<const char*>(constant.data()), static_cast<std::size_t>(constant.bytes())});
  prefix.file_bytes = pieces.bytes();
  const std::span<const std::string_view> all = pieces.list();
  prefix.weights_checksum = checksum(all.subspan(code_pieces));
  prefix.code_checksum = checksum(all.first(code_pieces));
  write_file(path, all);
}

Model Model::load(const std::filesystem::path& path) {
  Source source(path);
  const Prefix prefix = read_prefix(source, path);
  const std::string code = read_code(source, prefix, path);
  const std::shared_ptr<void> weights = read_weights(source, prefix, path);
  try {
    const auto objects_at =
        static_cast<std::size_t>(round_up(static_cast<std::int64_t>(prefix.header_bytes), kSectionAlignment));
    const std::string_view all = code;
    return Model(weights, plan_of(all.substr(0, prefix.header_bytes), Sections(all.substr(objects_at)),
                                  Sections({static_cast<const char*>(weights.get()),
                                            static_cast<std::size_t>(prefix.file_bytes - prefix.code_end)})));
  } catch (const Error& error) {
    throw Error(error.code(), "{}: {}", path.string(), error.what());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {  // of the JSON library, or of a plan that does not fit together
    fail_damaged(path, error.what());
  }
}

bool Model::is_model_file(const std::filesystem::path& path) {
  const Result<InputFile> file = open_input(path);
  std::string start(kMagic.size(), '\0');
  return file && file->read(0, start) && start == kMagic;
}

}  // namespace tilewright::runtime
