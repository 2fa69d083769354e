#include "task/task.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "te/flops.h"

namespace tilewright::task {

Task make_task(te::DagRef dag, std::string description, int count) {
  nlohmann::json key = nlohmann::json::array({fmt::format("{:016x}", te::structural_hash(*dag))});
  for (const te::Tensor& argument : dag->arguments()) key.push_back(argument.shape());
  const double flops = te::flop_count(*dag);
  return {key.dump(), std::move(description), std::move(dag), flops, count, {}, {}};
}

}  // namespace tilewright::task
