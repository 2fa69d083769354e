#include "search/policy_memory.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
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
    const auto json = nlohmann::json::parse(text);
    const int version = json.at("version").get<int>();
    if (version != PolicyMemory::kVersion)
      throw Error(Code::bad_input, "the trained policies are of version {}, this program reads version {}", version,
                  PolicyMemory::kVersion);
    return {SketchAgent::from_json(json.at("sketches")), MoveModel::from_json(json.at("moves")),
            ValueMemory::from_json(json.at("values"))};
  } catch (const nlohmann::json::exception& error) {
    throw Error(Code::bad_input, "the trained policies can't be read: {}", error.what());
  }
}

}  // namespace tilewright::search
