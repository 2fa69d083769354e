// Trained policies: the reader, then what a search asks of them.
#include <cmath>

#include "mutate_json.h"
#include "search/policy/policy_memory.h"
#include "target.h"

namespace tilewright::fuzz {

std::vector<std::string> seeds() {
  search::PolicyMemory memory;
  memory.moves.of("tile-size").attempts = 3;
  memory.sketches.learn(search::SketchFeatures{}, 0.5);
  return {search::to_text(memory)};
}

void test_one_input(std::string_view input) {
  try {
    search::PolicyMemory memory = search::policy_memory_from(input);
    memory.sketches.temper(150);
    TW_CHECK(std::isfinite(memory.sketches.value(search::SketchFeatures{})));
    for (const auto& [name, move] : memory.moves.moves()) TW_CHECK(!std::isnan(move.chance(search::ProgramFeatures{})));
    search::policy_memory_from(search::to_text(memory));
  } catch (const Error&) {
  }
}

void mutate_form(std::string& input, Rng& rng) { mutate_json(input, rng); }

}  // namespace tilewright::fuzz
