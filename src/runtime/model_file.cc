// The model file: one file, mapped when it is read.
//
//   Prefix        64 bytes: magic, version, lengths and a hash of header and code
//   header        JSON: everything but the bytes of constants and objects, which it gives as offset and length
//   sections      each from a multiple of 64 bytes on: objects, then constants
//
// Numbers are little-endian; offsets count from the start of the file.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/input_file.h"
#include "base/integer.h"
#include "runtime/plan_file.h"

namespace tilewright::runtime {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "TILEWRT\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::int64_t kAlignment = 64;

struct Prefix {
  char magic[8];
  std::uint32_t version;
  std::uint32_t unused;
  std::uint64_t header_bytes;
  std::uint64_t code_end;  ///< offset up to which the hash goes: header and objects
  std::uint64_t file_bytes;
  std::uint64_t hash;
  std::uint64_t reserved[2];
};
static_assert(sizeof(Prefix) == kAlignment);

// ---- writing

json to_json(const BufferRef& ref) { return {static_cast<int>(ref.place), ref.position}; }

json to_json(const std::vector<Port>& ports) {
  json list = json::array();
  for (const Port& port : ports)
    list.push_back({{"name", port.name}, {"type", to_text(port.type)}, {"shape", port.shape}});
  return list;
}

/// Everything but where the sections are, which depends on the header's own length: they follow each other in order.
json header_of(const ModelPlan& plan) {
  json header{{"target", plan.target},          {"features", plan.required_features}, {"flops", plan.flops},
              {"inputs", to_json(plan.inputs)}, {"outputs", to_json(plan.outputs)},   {"arena_bytes", plan.arena_bytes},
              {"objects", json::array()},       {"constants", json::array()},         {"calls", json::array()},
              {"copies", json::array()}};
  for (const std::string& object : plan.objects) header["objects"].push_back(object.size());
  for (const Tensor& constant : plan.constants)
    header["constants"].push_back({{"type", to_text(constant.type())}, {"shape", constant.shape()}});
  for (const KernelCall& call : plan.calls) {
    json buffers = json::array();
    for (const BufferRef& ref : call.buffers) buffers.push_back(to_json(ref));
    header["calls"].push_back(
        {{"object", call.object}, {"symbol", call.symbol}, {"buffers", buffers}, {"description", call.description}});
  }
  for (const OutputCopy& copy : plan.copies)
    header["copies"].push_back({{"from", to_json(copy.from)}, {"output", copy.output}});
  return header;
}

/// Pieces of a file, each padded to the alignment.
class Pieces {
 public:
  void add(std::string_view piece) {
    static constexpr char kZeros[kAlignment] = {};
    pieces_.push_back(piece);
    const auto padding =
        static_cast<std::size_t>(round_up(static_cast<std::int64_t>(piece.size()), kAlignment)) - piece.size();
    pieces_.push_back({kZeros, padding});
    bytes_ += piece.size() + padding;
  }
  std::uint64_t bytes() const { return bytes_; }
  const std::vector<std::string_view>& list() const { return pieces_; }

 private:
  std::vector<std::string_view> pieces_;
  std::uint64_t bytes_ = 0;
};

// ---- reading

/// A file mapped into memory, read-only.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    const bool opened = file >= 0 && ::fstat(file, &status) == 0;
    const std::string reason = std::generic_category().message(errno);
    if (opened && S_ISREG(status.st_mode)) bytes_ = static_cast<std::size_t>(status.st_size);
    if (bytes_ > 0) data_ = ::mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE, file, 0);
    if (file >= 0) ::close(file);
    if (!opened) throw Error(Code::bad_input, "cannot read {}: {}", path.string(), reason);
    if (data_ == MAP_FAILED) throw Error(Code::bad_input, "cannot map {} into memory", path.string());
  }
  ~Mapping() {
    if (bytes_ > 0 && data_ != MAP_FAILED) ::munmap(data_, bytes_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  std::string_view bytes() const { return {static_cast<const char*>(data_), bytes_}; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

BufferRef ref_from(const json& j) {
  const int place = j.at(0).get<int>();
  if (place < 0 || place > static_cast<int>(BufferRef::Place::output)) throw std::out_of_range("buffer");
  return {static_cast<BufferRef::Place>(place), j.at(1).get<std::int64_t>()};
}

DType type_from(const json& j) {
  const std::optional<DType> type = parse_dtype(j.get<std::string>());
  if (!type) throw std::invalid_argument("type");
  return *type;
}

std::vector<Port> ports_from(const json& j) {
  std::vector<Port> ports;
  for (const json& port : j)
    ports.push_back({port.at("name"), type_from(port.at("type")), port.at("shape").get<std::vector<std::int64_t>>()});
  return ports;
}

/// Sections of a mapped file, one after the other.
class Sections {
 public:
  Sections(std::string_view file, std::uint64_t begin) : file_(file), at_(begin) {}
  std::string_view next(std::uint64_t bytes) {
    if (at_ > file_.size() || bytes > file_.size() - at_) throw std::out_of_range("section");
    const std::string_view section = file_.substr(at_, bytes);
    at_ = static_cast<std::uint64_t>(round_up(static_cast<std::int64_t>(at_ + bytes), kAlignment));
    return section;
  }

 private:
  std::string_view file_;
  std::uint64_t at_;
};

ModelPlan plan_from(const json& header, Sections sections) {
  ModelPlan plan;
  plan.target = header.at("target");
  plan.required_features = header.at("features").get<std::vector<std::string>>();
  plan.flops = header.at("flops");
  plan.inputs = ports_from(header.at("inputs"));
  plan.outputs = ports_from(header.at("outputs"));
  plan.arena_bytes = header.at("arena_bytes");
  for (const json& bytes : header.at("objects")) plan.objects.emplace_back(sections.next(bytes.get<std::uint64_t>()));
  for (const json& constant : header.at("constants")) {
    const auto shape = constant.at("shape").get<std::vector<std::int64_t>>();
    const DType type = type_from(constant.at("type"));
    const std::string_view section = sections.next(static_cast<std::uint64_t>(product(shape) * bytes_of(type)));
    plan.constants.push_back(Tensor::view(type, shape, const_cast<char*>(section.data())));  // never written
  }
  for (const json& call : header.at("calls")) {
    plan.calls.push_back({call.at("object"), call.at("symbol"), {}, call.at("description")});
    for (const json& ref : call.at("buffers")) plan.calls.back().buffers.push_back(ref_from(ref));
  }
  for (const json& copy : header.at("copies")) plan.copies.push_back({ref_from(copy.at("from")), copy.at("output")});
  return plan;
}

/// The prefix of a file, checked against its length and hash.
Prefix check_prefix(std::string_view file, const std::filesystem::path& path) {
  Prefix prefix{};
  if (file.substr(0, kMagic.size()) != kMagic)
    throw Error(Code::bad_input, "{} is no compiled model of Tilewright", path.string());
  std::memcpy(&prefix, file.data(), std::min(file.size(), sizeof(Prefix)));
  if (file.size() >= sizeof(Prefix) && prefix.version != kVersion)
    throw Error(Code::bad_input,
                "{} is a compiled model of format {}, this program reads format {}; compile the model again",
                path.string(), prefix.version, kVersion);
  if (file.size() < sizeof(Prefix) || prefix.file_bytes != file.size())
    throw Error(Code::bad_input, "{} is cut off: it has {} bytes instead of {}; compile the model again", path.string(),
                file.size(), file.size() < sizeof(Prefix) ? "more" : std::to_string(prefix.file_bytes));
  if (prefix.code_end > file.size() || prefix.code_end < sizeof(Prefix) + prefix.header_bytes ||
      hash_bytes(file.substr(sizeof(Prefix), prefix.code_end - sizeof(Prefix))) != prefix.hash)
    throw Error(Code::bad_input, "{} is damaged: its checksum is wrong; compile the model again", path.string());
  return prefix;
}

}  // namespace

void Model::save(const std::filesystem::path& path) const { save_plan(*plan_, path); }

void save_plan(const ModelPlan& plan, const std::filesystem::path& path) {
  const std::string header = header_of(plan).dump();
  Pieces pieces;
  Prefix prefix{};
  std::memcpy(prefix.magic, kMagic.data(), kMagic.size());
  pieces.add({reinterpret_cast<const char*>(&prefix), sizeof(prefix)});
  pieces.add(header);
  for (const std::string& object : plan.objects) pieces.add(object);
  std::string hashed;
  for (std::size_t i = 2; i < pieces.list().size(); ++i) hashed += pieces.list()[i];  // after the prefix
  prefix.version = kVersion;
  prefix.header_bytes = header.size();
  prefix.code_end = pieces.bytes();
  prefix.hash = hash_bytes(hashed);
  for (const Tensor& constant : plan.constants)
    pieces.add({static_cast<const char*>(constant.data()), static_cast<std::size_t>(constant.bytes())});
  prefix.file_bytes = pieces.bytes();
  write_file(path, pieces.list());
}

Model Model::load(const std::filesystem::path& path) {
  const Mapping mapping(path);
  const std::string_view file = mapping.bytes();
  const Prefix prefix = check_prefix(file, path);
  try {
    const json header = json::parse(file.substr(sizeof(Prefix), prefix.header_bytes));
    const auto sections_begin = round_up(static_cast<std::int64_t>(sizeof(Prefix) + prefix.header_bytes), kAlignment);
    return Model(plan_from(header, Sections(file, static_cast<std::uint64_t>(sections_begin))));
  } catch (const Error& error) {
    throw Error(error.code(), "{}: {}", path.string(), error.what());
  } catch (const std::exception& error) {  // of the JSON library, or a value that does not fit
    throw Error(Code::bad_input, "{} is damaged: {}; compile the model again", path.string(), error.what());
  }
}

bool Model::is_model_file(const std::filesystem::path& path) {
  const Result<InputFile> file = open_input(path);
  std::string start(kMagic.size(), '\0');
  return file && file->read(0, start) && start == kMagic;
}

}  // namespace tilewright::runtime
