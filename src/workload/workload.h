#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "te/dag.h"

namespace tilewright::workload {

/// A tensor expression that was written as a text.
struct Workload {
  std::string name;  ///< as given: "conv_56", or the text
  std::string spec;  ///< "conv2d_bias_relu:n=1,h=56,…": all keys in the operator's order; parses to the same
  te::DagRef dag;
};

/// A named workload, or a text "operator:key=value,…" with whole numbers. Keys that have a default may be left out, in
/// any order. Errors: Error(bad_input) that names the part and what is known or allowed: operator, key, number, size.
Workload parse(std::string_view text);

/// Could be a workload: a name that is known, or an operator's name and a colon. Says nothing about what follows.
bool looks_like_workload(std::string_view text);

/// Name and spec of a workload that goes by name.
struct Named {
  std::string_view name, spec;
};
/// The reference workloads, then the evaluation suite of Ansor and MetaSchedule (Zheng et al., OSDI 2020; batch 1),
/// then others.
const std::vector<Named>& named_workloads();

/// One operator and its keys: "conv2d: n=1 h w=h ci co k stride=1 …".
std::vector<std::string> operator_usages();

}  // namespace tilewright::workload
