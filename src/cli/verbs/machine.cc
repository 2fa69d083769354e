#include "driver/machine.h"

#include <fmt/ranges.h>

#include "cli/format.h"
#include "cli/output.h"
#include "cli/verb.h"

namespace tilewright::cli {
namespace {

nlohmann::json to_json(const driver::MachineReport& machine) {
  nlohmann::json peaks = nlohmann::json::object();
  for (const auto& [type, gflops] : machine.peaks) peaks[std::string(to_text(type))] = gflops;
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
          {"peaks", peaks},
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
  std::string by_type;
  for (const auto& [type, gflops] : machine.peaks)
    by_type += fmt::format("{}{} {:.0f}", by_type.empty() ? "" : ", ", to_text(type), gflops);
  fmt::print("by type        {} (1e9 operations/s; sums of bf16 are f32, of i8 i32)\n", by_type);
  fmt::print("memory         {:.1f} GB/s\n", machine.memory_gbs);
}

}  // namespace

Action declare_machine(CLI::App& command) {
  const auto target = std::make_shared<std::string>("host");
  command.add_option("--target", *target, "which instructions may be used (default: host, all that there are)");
  return [target](const Common& common) {
    const driver::MachineReport machine = driver::describe_machine(common.threads, *target);
    if (common.json)
      print_json(to_json(machine));
    else
      print_text(machine, common.verbosity > 0);
    return 0;
  };
}

}  // namespace tilewright::cli
