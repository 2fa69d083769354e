#pragma once

#include <limits>
#include <nlohmann/json.hpp>

#include "base/rng.h"

namespace tilewright::support {

inline nlohmann::json random_json_value(Rng& rng) {
  using nlohmann::json;
  switch (rng.below(9)) {
    case 0:
      return nullptr;
    case 1:
      return "SP";
    case 2:
    case 3:
      return rng.between(-3, 40);
    case 4:
      return 1.5;
    case 5:
      return (std::int64_t{1} << rng.below(63)) - rng.between(0, 1);
    case 6:
      return std::numeric_limits<std::uint64_t>::max();
    case 7:
      return json::array({rng.between(0, 5), 2});
    default:
      return json::object({{"a", 1}});
  }
}

/// Changes, drops, doubles or moves something somewhere below `value`.
inline void damage(nlohmann::json& value, Rng& rng) {
  if (!value.is_array() || value.empty()) {
    value = random_json_value(rng);
    return;
  }
  const auto at = static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(value.size())));
  switch (rng.below(6)) {
    case 0:
      value.erase(at);
      break;
    case 1:
      value.push_back(value[at]);
      break;
    case 2:
      std::swap(value[at], value[value.size() - 1]);
      break;
    default:
      damage(value[at], rng);
  }
}

}  // namespace tilewright::support
