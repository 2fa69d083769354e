#include "driver/machine.h"

#include <fstream>

#include "base/cores.h"
#include "driver/target.h"
#include "measure/machine/machine_probe.h"
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

MachineReport describe_machine(int threads, const std::string& target_text) {
  const target::TargetSpec target = parse_target_to_run(target_text);
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
  machine.peak_gflops_1 = measure::MachineProbe(with_backend(target), 1).peak_gflops();
  measure::MachineProbe probe(with_backend(target), machine.threads);
  for (const DType type : {DType::f32, DType::f64, DType::bf16, DType::i32, DType::i8})
    machine.peaks.emplace_back(type, probe.peak_gflops(type));
  machine.peak_gflops = machine.peaks.front().second;
  machine.memory_gbs = probe.memory_gbs(std::max(caches.l2_bytes, caches.l3_bytes));
  return machine;
}

}  // namespace tilewright::driver
