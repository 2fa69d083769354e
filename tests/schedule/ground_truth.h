#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tilewright {

/// What the real Ansor (TVM 0.19) produced for a workload of workloads.h: {"cores", "sketches", "samples"}, the latter
/// two lists of {"steps", "printed"}. Tests run in the repository's root folder.
inline nlohmann::json ground_truth(const std::string& workload) {
  std::ifstream file("tests/schedule/ansor/" + workload + ".json");
  if (!file) throw std::runtime_error("no ground truth for " + workload);
  return nlohmann::json::parse(file);
}

}  // namespace tilewright
