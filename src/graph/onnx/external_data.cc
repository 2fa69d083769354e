#include "graph/onnx/external_data.h"

#include <algorithm>
#include <charconv>

namespace tilewright::graph {
namespace {

Status read_number(const onnx::StringStringEntryProto& entry, std::int64_t& number) {
  const std::string& text = entry.value();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0)
    return failure("external data with {} '{}', expected a number of bytes", entry.key(), text);
  return {};
}

bool may_be_inside(const std::filesystem::path& location) {
  return !location.empty() && location.is_relative() && std::ranges::find(location, "..") == location.end() &&
         location.native().find('\0') == std::string::npos;
}

}  // namespace

Result<ExternalData::Place> ExternalData::place_of(const onnx::TensorProto& proto) {
  Place place;
  for (const auto& entry : proto.external_data()) {
    Status ok;
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") ok = read_number(entry, place.offset);
    if (entry.key() == "length") ok = read_number(entry, place.length);
    if (!ok) return ok.failure();
  }
  if (!may_be_inside(place.location))
    return failure("external data at '{}', which is not inside of the model's folder", place.location);
  return place;
}

/// The file, if `bytes` bytes are in it at that place.
Result<InputFile> ExternalData::open(const Place& place, std::int64_t bytes) {
  const std::filesystem::path path = folder_ / place.location;
  Result<InputFile> file = open_input_inside(folder_, place.location, links_);
  if (!file)
    return failure("cannot read external data {}: {}{}", path.string(), file.message(),
                   links_ == Links::refused && open_input(path) ? "; if that is meant: --external-data follow" : "");
  if (place.length >= 0 && place.length != bytes)
    return failure("external data {} of length {}, but its shape and type need {} bytes", path.string(), place.length,
                   bytes);
  if (place.offset > file->bytes() || bytes > file->bytes() - place.offset)
    return failure("external data {} has {} bytes, but {} from byte {} on are needed", path.string(), file->bytes(),
                   bytes, place.offset);
  std::int64_t& all = bytes_read_[place.location];
  if (bytes > file->bytes() - all)
    return failure("external data {} has {} bytes, but its tensors overlap and are more", path.string(), file->bytes());
  all += bytes;
  return file;
}

Result<runtime::Tensor> ExternalData::read(const onnx::TensorProto& proto, DType type, std::int64_t bytes) {
  const Result<Place> place = place_of(proto);
  if (!place) return place.failure();
  const std::vector<std::int64_t> shape{proto.dims().begin(), proto.dims().end()};
  const std::tuple key(place->location, place->offset, type, shape);
  if (const auto known = read_.find(key); known != read_.end()) return known->second;
  const Result<InputFile> file = open(*place, bytes);
  if (!file) return file.failure();
  runtime::Tensor tensor(type, shape);
  if (const Status ok = file->read(place->offset, {static_cast<char*>(tensor.data()), static_cast<std::size_t>(bytes)});
      !ok)
    return failure("cannot read external data {}: {}", (folder_ / place->location).string(), ok.message());
  return read_.emplace(key, std::move(tensor)).first->second;
}

}  // namespace tilewright::graph
