#include "driver/machine.h"

#include <fstream>

#include "base/cores.h"
#include "driver/peak.h"
#include "target/host.h"
#include "target/host_caches.h"
#include "target/target_spec.h"

namespace tilewright::driver {
namespace {

/// The processor's name for itself, or `otherwise` where the system does not tell.
std::string processor_name(const std::string& otherwise) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t start = line.find_first_not_of(" \t", line.find(':') + 1);
    if (start != std::string::npos) return line.substr(start);
  }
  return otherwise;
}

}  // namespace

int resolve_threads(int threads) { return threads > 0 ? threads : available_cores(); }

MachineReport describe_machine(int threads) {
  const target::TargetSpec target = target::host_target();
  const target::HostCaches caches = target::find_host_caches();
  MachineReport machine;
  machine.cpu = processor_name(target.cpu);
  machine.target = target.fingerprint();
  for (const std::string& feature : target.features)
    if (feature.starts_with('+')) machine.features.push_back(feature.substr(1));
  machine.cores = available_cores();
  machine.l1d_bytes = caches.l1d_bytes;
  machine.l2_bytes = caches.l2_bytes;
  machine.l3_bytes = caches.l3_bytes;
  machine.threads = resolve_threads(threads);
  machine.peak_gflops_1 = measure_peak_gflops(1);
  machine.peak_gflops = measure_peak_gflops(machine.threads);
  machine.memory_gbs = measure_memory_gbs(machine.threads, std::max(caches.l2_bytes, caches.l3_bytes));
  return machine;
}

}  // namespace tilewright::driver
