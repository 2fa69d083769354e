#include "cost/cost_model.h"

#include "base/error.h"
#include "cost/analytic/analytic_model.h"
#include "cost/learn/learned_model.h"
#include "cost/learn/model_file.h"
#include "cost/random_model.h"

namespace tilewright::cost {

std::unique_ptr<CostModel> make_cost_model(std::string_view name, const ModelOptions& options) {
  if (name == "random") return std::make_unique<RandomCostModel>(options);
  if (name == "analytic") return std::make_unique<AnalyticCostModel>(options);
  if (name == "gbdt") return std::make_unique<LearnedCostModel>(LearnedCostModel::Kind::gbdt, options);
  if (name == "hybrid") {
    std::optional<Ensemble> known;
    if (options.priors) known = prior();
    return std::make_unique<LearnedCostModel>(LearnedCostModel::Kind::hybrid, options, std::move(known));
  }
  throw Error(Code::usage, "cost model {} is not known; there are: random, analytic, gbdt, hybrid", name);
}

}  // namespace tilewright::cost
