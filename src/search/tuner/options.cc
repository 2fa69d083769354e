#include "search/tuner/options.h"

namespace tilewright::search {

TuneOptions ansor_options() {
  TuneOptions options;
  options.batch = 64;
  options.evolution = {.population = 2048,
                       .generations = 4,
                       .mutation_share = 1,
                       .elite_share = 0.2,
                       .elites = 409,
                       .random_share = 0.05,
                       .diversity_cap = 64};
  options.descent.on = false;
  options.cost_model = "gbdt";
  options.priors = false;
  options.transfers = 0;
  options.distinct_programs = false;
  options.default_competes = false;
  options.space = space::SpaceOptions::ansor();
  return options;
}

}  // namespace tilewright::search
