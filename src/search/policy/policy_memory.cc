#include "search/policy/policy_memory.h"

#include "base/json_text.h"
#include "search/trained_policies.h"

namespace tilewright::search {
namespace {

constexpr double kTrainedObservations = 150;  ///< that all of the training counts as

}  // namespace

PolicyMemory PolicyMemory::trained() {
  PolicyMemory memory = policy_memory_from(kTrainedPolicies[0].second);
  memory.sketches.temper(kTrainedObservations);
  return memory;
}

std::string to_text(const PolicyMemory& memory) {
  return nlohmann::json{{"version", PolicyMemory::kVersion},
                        {"sketches", memory.sketches.to_json()},
                        {"moves", memory.moves.to_json()},
                        {"values", memory.values.to_json()}}
             .dump() +
         "\n";
}

PolicyMemory policy_memory_from(std::string_view text) {
  try {
    const Result<nlohmann::json> json = parse_json(text);
    if (!json) throw Error(Code::bad_input, "the trained policies can't be read: {}", json.message());
    if (const nlohmann::json& version = json->at("version"); version != PolicyMemory::kVersion)
      throw Error(Code::bad_input, "the trained policies are of version {:.100}, this program reads version {}",
                  version.dump(), PolicyMemory::kVersion);
    return {SketchAgent::from_json(json->at("sketches")), MoveModel::from_json(json->at("moves")),
            ValueMemory::from_json(json->at("values"))};
  } catch (const nlohmann::json::exception& error) {
    throw Error(Code::bad_input, "the trained policies can't be read: {}", error.what());
  }
}

}  // namespace tilewright::search
