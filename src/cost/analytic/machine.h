#pragma once

#include <cstdint>

#include "target/emitter_policy.h"
#include "target/target_spec.h"

namespace tilewright::cost {

/// The machine as the analytic model sees it: what a core can issue per cycle and what each cache level can deliver.
/// Figures without a source in `target::TargetSpec` are typical of current x86-64 server cores; only their ratios
/// matter, since scores are compared within one task on one machine.
struct Machine {
  int cores = 1;                 ///< threads that a kernel runs with
  double vector_bytes = 32;      ///< per vector register
  double registers = 16;         ///< vector registers
  bool has_masks = false;        ///< loads and stores of some lanes are as cheap as those of all
  double unit_bytes = 32;        ///< that an execution unit works on at once; wider instructions take several passes
  double fma_per_cycle = 2;      ///< passes of arithmetic per cycle
  double loads_per_cycle = 2;    ///< passes
  double stores_per_cycle = 1;   ///< passes
  double uops_per_cycle = 4;     ///< front-end width, sustained
  double fma_latency = 4;        ///< cycles until an accumulator may be used again
  double forward_latency = 5;    ///< extra cycles when it goes through memory (store forwarding)
  double code_bytes = 32 << 10;  ///< first-level instruction cache
  double line_bytes = 64;
  double fork_cycles = 6000;  ///< start and join of one parallel loop
  static constexpr int kLevels = 3;
  double capacity[kLevels] = {32 << 10, 1 << 20, 8 << 20};  ///< L1, L2 per core, L3 shared; bytes
  double bytes_per_cycle[kLevels] = {16, 8, 4};  ///< into L1 from L2, into L2 from L3, into L3 from memory; per core

  /// As code is made for this machine.
  target::EmitterPolicy emitter_policy() const {
    return {static_cast<std::int64_t>(vector_bytes), static_cast<std::int64_t>(registers), has_masks};
  }
  /// Sets of the first-level cache: as many as a page has lines, as its index comes from the offset in a page.
  double l1_sets() const { return 4096 / line_bytes; }
  double l1_ways() const { return capacity[0] / l1_sets() / line_bytes; }
};

/// The machine behind a target. `target.cores` is how many threads kernels run with.
Machine machine_of(const target::TargetSpec& target);

}  // namespace tilewright::cost
