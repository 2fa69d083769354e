#include "driver/machine.h"

#include <fmt/ranges.h>

#include "cli/format.h"
#include "cli/output.h"
#include "cli/verb.h"

namespace tilewright::cli {
namespace {

nlohmann::json to_json(const driver::MachineReport& machine) {
  return {{"cpu", machine.cpu},
          {"target", machine.target},
          {"features", machine.features},
          {"cores", machine.cores},
          {"threads", machine.threads},
          {"l1d_bytes", machine.l1d_bytes},
          {"l2_bytes", machine.l2_bytes},
          {"l3_bytes", machine.l3_bytes},
          {"peak_gflops", machine.peak_gflops},
          {"peak_gflops_1", machine.peak_gflops_1},
          {"memory_gbs", machine.memory_gbs}};
}

void print_text(const driver::MachineReport& machine, bool verbose) {
  fmt::print("processor      {}\n", machine.cpu);
  fmt::print("target         {}\n", machine.target);
  if (verbose) fmt::print("features       {}\n", fmt::join(machine.features, " "));
  fmt::print("cores          {}\n", machine.cores);
  fmt::print("caches         L1 {}, L2 {}, L3 {}\n", byte_count(machine.l1d_bytes), byte_count(machine.l2_bytes),
             byte_count(machine.l3_bytes));
  fmt::print("peak           {:.1f} GFLOP/s with {} threads, {:.1f} with one\n", machine.peak_gflops, machine.threads,
             machine.peak_gflops_1);
  fmt::print("memory         {:.1f} GB/s\n", machine.memory_gbs);
}

}  // namespace

Action declare_machine(CLI::App&) {
  return [](const Common& common) {
    const driver::MachineReport machine = driver::describe_machine(common.threads);
    if (common.json)
      print_json(to_json(machine));
    else
      print_text(machine, common.verbosity > 0);
    return 0;
  };
}

}  // namespace tilewright::cli
