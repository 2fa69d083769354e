#include <fmt/core.h>

#include "cli/output.h"
#include "cli/verb.h"
#include "te/flops.h"
#include "workload/workload.h"

namespace tilewright::cli {

Action declare_workloads(CLI::App&) {
  return [](const Common& common) {
    nlohmann::json rows = nlohmann::json::array();
    for (const workload::Named& named : workload::named_workloads()) {
      const workload::Workload parsed = workload::parse(named.name);
      const double flops = te::flop_count(*parsed.dag);
      rows.push_back({{"name", named.name}, {"spec", parsed.spec}, {"flops", flops}});
      if (!common.json) fmt::print("{:<17} {:>9.1f} MFLOP  {}\n", named.name, flops * 1e-6, named.spec);
    }
    if (common.json) {
      print_json({{"workloads", std::move(rows)}});
      return 0;
    }
    fmt::print("\nOperators, with their keys and defaults:\n");
    for (const std::string& usage : workload::operator_usages()) fmt::print("  {}\n", usage);
    return 0;
  };
}

}  // namespace tilewright::cli
