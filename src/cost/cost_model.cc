#include "cost/cost_model.h"

#include "base/error.h"
#include "cost/analytic_model.h"
#include "cost/random_model.h"

namespace tilewright::cost {

std::unique_ptr<CostModel> make_cost_model(std::string_view name, const ModelOptions& options) {
  if (name == "random") return std::make_unique<RandomCostModel>(options);
  if (name == "analytic") return std::make_unique<AnalyticCostModel>(options);
  throw Error(Code::usage, "cost model {} is not known; there are: random, analytic", name);
}

}  // namespace tilewright::cost
