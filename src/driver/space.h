#pragma once

#include <string>
#include <vector>

#include "schedule/state.h"
#include "space/options.h"
#include "task/task.h"

namespace tilewright::driver {

/// Where to look at a search space.
struct SpaceRequest {
  std::string workload;
  space::SpaceOptions space;
  std::string target = "host";
  int threads = 0;  ///< that kernels run with; 0: all available cores
  std::uint64_t seed = 0;
};

/// Every sketch of a workload, lengths open. Errors: Error(bad_input) for the text, Error(usage) for the target.
std::vector<schedule::State> sketches_of(const SpaceRequest& request);

/// One draw from the space.
struct Sample {
  std::vector<schedule::Step> steps;  ///< of what was drawn; of the sketch alone if nothing came of it
  std::string printed;
  bool legal = true;
  std::string reason;  ///< why it is not legal
};
struct Samples {
  task::Task task;
  std::vector<Sample> samples;
};
/// `count` random draws, sketches in equal shares by chance, each lowered to see whether it is legal. Errors: as above.
Samples draw_samples(const SpaceRequest& request, int count);

}  // namespace tilewright::driver
