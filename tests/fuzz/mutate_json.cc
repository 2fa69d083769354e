#include "mutate_json.h"

#include "mutate_bytes.h"
#include "support/damaged_json.h"

namespace tilewright::fuzz {
namespace {

using nlohmann::json;

void change(json& value, Rng& rng) {
  if (value.is_object() && !value.empty() && rng.chance(0.9)) {
    const auto at =
        std::next(value.begin(), static_cast<std::ptrdiff_t>(rng.below(static_cast<std::int64_t>(value.size()))));
    if (rng.chance(0.05))
      value.erase(at);
    else
      change(*at, rng);
  } else if (value.is_array() && !value.empty() && rng.chance(0.7)) {
    change(value[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(value.size())))], rng);
  } else if (value.is_number() && rng.chance(0.6)) {
    value = rng.chance(0.5) ? json(awkward_number(rng)) : json(static_cast<double>(awkward_number(rng)) * 1e-9);
  } else {
    testing::damage(value, rng);
  }
}

}  // namespace

void mutate_json(std::string& text, Rng& rng) {
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return;
  change(value, rng);
  text = value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace tilewright::fuzz
