#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/rng.h"

namespace tilewright {

/// Changes one place of a JSON document: another number or type, something of the document put elsewhere, something
/// lost or twice.
inline void mutate_json(nlohmann::json& root, Rng& rng) {
  using nlohmann::json;
  std::vector<json*> places;
  const auto visit = [&](const auto& self, json& at) -> void {
    places.push_back(&at);
    if (at.is_structured())
      for (json& child : at) self(self, child);
  };
  visit(visit, root);
  const auto any = [&]() -> json& { return *places[static_cast<std::size_t>(rng.below(std::ssize(places)))]; };
  json& place = any();
  static const json kValues = json::parse(
      R"([0, 1, 2, 3, 7, 8, 31, 32, 33, 63, 64, 65, 127, 128, -1, -64, 1e3, 1e300, 0.5, true, null, "", "f64", "bool", [], {},
          2147483648, 4294967296, 1099511627776, 2305843009213693952, 4611686018427387904, 9223372036854775807,
          -9223372036854775808, 18446744073709551615, 18446744073709551552])");
  const std::int64_t choice = rng.below(8);
  if (choice < 3) {
    place = kValues[static_cast<std::size_t>(rng.below(std::ssize(kValues)))];
  } else if (choice < 5) {
    const json other = any();
    place = other;
  } else if (choice == 5 && place.is_number_integer()) {
    const std::uint64_t step = std::uint64_t{1} << rng.below(8);
    place = static_cast<std::int64_t>(place.get<std::uint64_t>() + (rng.chance(0.5) ? step : 0 - step));
  } else if (place.is_array() && !place.empty()) {
    const auto i = static_cast<std::ptrdiff_t>(rng.below(std::ssize(place)));
    const json element = place[static_cast<std::size_t>(i)];
    if (choice == 6)
      place.erase(place.begin() + i);
    else
      place.push_back(element);
  } else if (place.is_object() && !place.empty()) {
    place.erase(std::next(place.begin(), static_cast<std::ptrdiff_t>(rng.below(std::ssize(place)))));
  }
}

}  // namespace tilewright
