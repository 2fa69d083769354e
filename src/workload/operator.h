#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "te/dag.h"
#include "workload/arguments.h"

namespace tilewright::workload {

/// What a workload text may name: its keys, and the expression they make, stage by stage and axis by axis as TVM writes
/// it (so that a list of steps means the same there).
struct Operator {
  std::string_view name;
  std::vector<Key> keys;
  te::DagRef (*make)(const Arguments& arguments);
};

std::span<const Operator> convolutions();
std::span<const Operator> products();
std::span<const Operator> reductions();
std::span<const Operator> elementwise_chains();
std::span<const Operator> winograd();

}  // namespace tilewright::workload
