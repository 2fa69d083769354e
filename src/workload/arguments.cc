#include "workload/arguments.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace tilewright::workload {
namespace {

constexpr std::int64_t kMost = 1 << 24;  ///< of a number: products of a few stay far inside 64 bits

std::string names_of(const std::vector<Key>& keys) {
  std::string names;
  for (const Key& key : keys) names += fmt::format("{}{}", names.empty() ? "" : ", ", key.name);
  return names;
}

std::int64_t number(std::string_view text, std::string_view part, const Key& key, std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error == std::errc::invalid_argument ||
      (error == std::errc() && end != digits.data() + digits.size()))
    throw Error(Code::bad_input, "workload {}: {}: expected a whole number after {}=", text, part, key.name);
  if (error == std::errc::result_out_of_range || value < key.least || value > kMost)
    throw Error(Code::bad_input, "workload {}: {}: {} must be between {} and {}", text, part, key.name, key.least,
                kMost);
  return value;
}

}  // namespace

Arguments::Arguments(std::string_view text, std::string_view list, const std::vector<Key>& keys) : keys_(keys) {
  for (std::size_t begin = 0; begin <= list.size() && !list.empty();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view part = list.substr(begin, end - begin);
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == part.substr(0, equals); });
    if (equals == part.size()) throw Error(Code::bad_input, "workload {}: expected key=value, found '{}'", text, part);
    if (key == keys.end())
      throw Error(Code::bad_input, "workload {}: key '{}' is not known; there are: {}", text, part.substr(0, equals),
                  names_of(keys));
    if (!values_.emplace(std::string(key->name), number(text, part, *key, part.substr(equals + 1))).second)
      throw Error(Code::bad_input, "workload {}: {} is given twice", text, key->name);
    begin = end + 1;
  }
  for (const Key& key : keys) {
    const std::string name(key.name);
    if (values_.contains(name)) continue;
    if (key.by_default < 0 && key.follows.empty())
      throw Error(Code::bad_input, "workload {}: {} is missing; keys: {}", text, key.name, names_of(keys));
    values_[name] = key.follows.empty() ? key.by_default : (*this)[key.follows];
  }
}

std::string Arguments::to_text() const {
  std::string text;
  for (const Key& key : keys_)
    if (!key.quiet || (*this)[key.name] != key.by_default)
      text += fmt::format("{}{}={}", text.empty() ? "" : ",", key.name, (*this)[key.name]);
  return text;
}

}  // namespace tilewright::workload
