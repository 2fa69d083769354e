#include "driver/tensors/npy.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/integer.h"

namespace tilewright::driver {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct Descriptor {
  std::string_view text;
  DType type;
};
constexpr std::array<Descriptor, 9> kDescriptors{{{"<f4", DType::f32},
                                                  {"<f8", DType::f64},
                                                  {"<i4", DType::i32},
                                                  {"<i8", DType::i64},
                                                  {"|i1", DType::i8},
                                                  {"|u1", DType::u8},
                                                  {"|b1", DType::boolean},
                                                  {"<i1", DType::i8},
                                                  {"<u1", DType::u8}}};

/// What stands after 'key': in the header, a Python dictionary like
/// {'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }, up to the end of that value.
std::optional<std::string_view> value_of(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 3);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.starts_with('(')) return rest.substr(0, rest.find(')') + 1);
  return rest.substr(0, rest.find_first_of(",}"));
}

/// "(1, 3, 224)", "(5,)", "()".
std::optional<std::vector<std::int64_t>> parse_shape(std::string_view text) {
  std::vector<std::int64_t> shape;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (*at < '0' || *at > '9') {
      ++at;
      continue;
    }
    std::int64_t dim = 0;
    const auto [next, error] = std::from_chars(at, end, dim);
    if (error != std::errc{}) return std::nullopt;
    shape.push_back(dim);
    at = next;
  }
  return shape;
}

/// Bytes of an array of this shape, or nothing if no machine has so many.
std::optional<std::int64_t> size_in_bytes(const std::vector<std::int64_t>& shape, DType type) {
  std::int64_t bytes = bytes_of(type);
  for (std::int64_t dim : shape)
    if (__builtin_mul_overflow(bytes, dim, &bytes)) return std::nullopt;
  return bytes;
}

/// Where the header stands; the major version decides whether its length has two bytes or four.
std::optional<std::pair<std::size_t, std::size_t>> begin_and_length(std::string_view bytes) {
  if (!bytes.starts_with(kMagic) || bytes.size() < 12) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const bool long_header = byte(6) >= 2;
  const std::size_t begin = long_header ? 12 : 10;
  const std::size_t length = byte(8) | byte(9) << 8 | (long_header ? byte(10) << 16 | byte(11) << 24 : 0);
  if (bytes.size() - begin < length) return std::nullopt;
  return std::pair(begin, length);
}

}  // namespace

Result<NpyHeader> parse_npy_header(std::string_view bytes) {
  const auto place = begin_and_length(bytes);
  if (!place) return failure("is not an array in .npy format");
  const std::string_view header = bytes.substr(place->first, place->second);
  const auto descriptor = value_of(header, "descr"), order = value_of(header, "fortran_order"),
             shape_text = value_of(header, "shape");
  if (!descriptor || !order || !shape_text) return failure("has an incomplete .npy header");
  if (order->starts_with("True")) return failure("is column-major; save it with numpy.ascontiguousarray");

  const auto known = std::find_if(kDescriptors.begin(), kDescriptors.end(),
                                  [&](const Descriptor& d) { return *descriptor == fmt::format("'{}'", d.text); });
  if (known == kDescriptors.end())
    return failure("has element type {}, known are little-endian float32, float64, int32, int64, int8, uint8 and bool",
                   *descriptor);
  std::optional<std::vector<std::int64_t>> shape = parse_shape(*shape_text);
  const std::optional<std::int64_t> size = shape ? size_in_bytes(*shape, known->type) : std::nullopt;
  if (!size) return failure("has an impossible shape {}", *shape_text);
  return NpyHeader{known->type, std::move(*shape), static_cast<std::int64_t>(place->first + place->second), *size};
}

std::string to_npy(const runtime::Tensor& tensor) {
  const auto known = std::find_if(kDescriptors.begin(), kDescriptors.end(),
                                  [&](const Descriptor& d) { return d.type == tensor.type(); });
  TW_CHECK(known != kDescriptors.end(), "NumPy has no element type {}", to_text(tensor.type()));
  const std::vector<std::int64_t>& shape = tensor.shape();
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", known->text,
                                   fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t kPreamble = 10;
  const std::size_t padded =
      static_cast<std::size_t>(round_up(static_cast<std::int64_t>(kPreamble + header.size() + 1), 64));
  header.append(padded - kPreamble - header.size() - 1, ' ').push_back('\n');

  std::string bytes(kMagic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  bytes += header;
  if (tensor.bytes() > 0)
    bytes.append(static_cast<const char*>(tensor.data()), static_cast<std::size_t>(tensor.bytes()));
  return bytes;
}

}  // namespace tilewright::driver
