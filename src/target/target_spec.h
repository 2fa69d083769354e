#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"
#include "target/emitter_policy.h"

namespace tilewright::target {

/// What code is made for: the machine as data, from which everything else follows. host_target() (host.h) and
/// parse_target() (processors.h) make one.
struct TargetSpec {
  std::string triple;  ///< LLVM target triple
  std::string cpu;     ///< LLVM CPU name, "znver4"
  std::vector<std::string>
      features;               ///< LLVM feature flags, "+avx512f"; "-avx512f" where the CPU's name would imply it
  int vector_bytes = 16;      ///< width of the widest vector register worth using
  int vector_registers = 16;  ///< of that width
  int fma_units = 2;          ///< vector FMAs issued per cycle (a guess where it can't be known)
  int unit_bytes = 16;        ///< that an execution unit works on at once; wider instructions take several passes
  bool has_fma = false;
  int cores = 1;  ///< that a process may use there; of this machine, base/cores.h says (affinity and CFS quota)
  std::int64_t l1d_bytes = 32 << 10, l2_bytes = 1 << 20, l3_bytes = 8 << 20;

  /// Elements of a type in a vector register, at least 1.
  int lanes(DType type) const;
  bool has(std::string_view feature) const;
  /// Loads and stores of some lanes are as cheap as those of all.
  bool has_masks() const { return vector_bytes == 64; }
  /// x * 2^n is one instruction of the widest vectors.
  bool has_scalef() const { return vector_bytes == 64; }
  EmitterPolicy emitter_policy() const { return {vector_bytes, vector_registers, has_masks()}; }
  bool is_aarch64() const { return triple.starts_with("aarch64"); }

  /// What records and compiled models carry: CPU and a hash of triple and enabled features, "znver4-01234567", stable.
  std::string fingerprint() const;
  /// Whether a record that carries `recorded` was measured on such a machine. Records used to carry a hash of all
  /// features that the LLVM of the day knew, those that are missing included: that counts, too.
  bool is_called(std::string_view recorded) const;
};

/// `target` with vector registers and FMA as its triple and features say, and execution units as processors() do.
TargetSpec with_registers(TargetSpec target);

}  // namespace tilewright::target
