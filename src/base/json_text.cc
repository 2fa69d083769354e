#include "base/json_text.h"

#include <algorithm>

namespace tilewright {
namespace {

using nlohmann::json;

constexpr int kMostNesting = 64;  ///< ours is nested 8 deep

/// How deep arrays and objects stand in each other. Brackets inside of strings are none.
int nesting(std::string_view text) {
  int depth = 0, most = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && (c == '[' || c == '{'))
      most = std::max(most, ++depth);
    else if (!in_string && (c == ']' || c == '}'))
      --depth;
  }
  return most;
}

const json& field(const json& object, const char* key) {
  static const json none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

template <class Value>
[[noreturn]] void refuse(const char* key, const json& found, std::string_view expected, Value least, Value most) {
  throw Error(Code::bad_input, "{} is {:.100}, expected {} from {} to {}", key, found.dump(), expected, least, most);
}

}  // namespace

Result<json> parse_json(std::string_view text) {
  if (nesting(text) > kMostNesting) return failure("JSON nested more than {} deep", kMostNesting);
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return failure("not JSON");
  return parsed;
}

bool is_whole(const json& value, std::int64_t least, std::int64_t most) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return false;
  return value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most;
}

bool is_real(const json& value, double least, double most) {
  return value.is_number() && value.get<double>() >= least && value.get<double>() <= most;
}

std::int64_t whole_number(const json& object, const char* key, std::int64_t least, std::int64_t most) {
  const json& value = field(object, key);
  if (!is_whole(value, least, most)) refuse(key, value, "a whole number", least, most);
  return value.get<std::int64_t>();
}

double real_number(const json& object, const char* key, double least, double most) {
  const json& value = field(object, key);
  if (!is_real(value, least, most)) refuse(key, value, "a number", least, most);
  return value.get<double>();
}

std::vector<double> real_numbers(const json& object, const char* key, std::size_t count, double least, double most) {
  const json& list = field(object, key);
  if (!list.is_array() || list.size() != count) throw Error(Code::bad_input, "{} is no list of {} numbers", key, count);
  for (const json& value : list)
    if (!is_real(value, least, most)) refuse(key, value, "numbers", least, most);
  return list.get<std::vector<double>>();
}

std::vector<int> whole_numbers(const json& object, const char* key, int least, int most) {
  const json& list = field(object, key);
  if (!list.is_array()) throw Error(Code::bad_input, "{} is no list", key);
  for (const json& value : list)
    if (!is_whole(value, least, most)) refuse(key, value, "whole numbers", least, most);
  return list.get<std::vector<int>>();
}

}  // namespace tilewright
