#include "mutate_json.h"

#include "support/mutate_json.h"

namespace tilewright::fuzz {

void mutate_json(std::string& text, Rng& rng) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return;
  tilewright::mutate_json(value, rng);
  text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tilewright::fuzz
