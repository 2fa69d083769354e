// Files of cost models: whatever does not hold the very trees that were written is refused before XGBoost reads it.
#include "base/error.h"
#include "cost/learn/model_file.h"
#include "mutate_json.h"
#include "target.h"

namespace tilewright::fuzz {

std::vector<std::string> seeds() { return {cost::to_model_file(cost::prior())}; }

void test_one_input(std::string_view input) {
  try {
    TW_CHECK(cost::from_model_file(input, "fuzz").trees() >= 0);
  } catch (const Error&) {
  }
}

/// Damages the line of JSON in front.
void mutate_form(std::string& input, Rng& rng) {
  std::string line = input.substr(0, input.find('\n'));
  const std::size_t bytes = line.size();
  mutate_json(line, rng);
  input.replace(0, bytes, line);
}

}  // namespace tilewright::fuzz
