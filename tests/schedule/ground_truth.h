#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tilewright {

/// What the real Ansor (TVM 0.19) produced for a workload of workloads.h: {"cores", "sketches", "samples"}, the latter
/// two lists of {"steps", "printed"}, and for some "evolved", states after mutation. scripts/ground_truth makes it.
/// Tests run in the repository's root folder.
inline nlohmann::json ground_truth(const std::string& workload) {
  std::ifstream file("tests/schedule/ansor/" + workload + ".json");
  if (!file) throw std::runtime_error("no ground truth for " + workload);
  return nlohmann::json::parse(file);
}

/// All complete states of it: samples and evolved ones.
inline nlohmann::json complete_states(const nlohmann::json& truth) {
  nlohmann::json states = truth["samples"];
  if (truth.contains("evolved")) states.insert(states.end(), truth["evolved"].begin(), truth["evolved"].end());
  return states;
}

}  // namespace tilewright
