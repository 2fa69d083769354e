#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace tilewright::codegen {

/// The machine that code is made for.
struct Target {
  std::string triple;                 ///< LLVM target triple
  std::string cpu;                    ///< LLVM CPU name, "znver4"
  std::vector<std::string> features;  ///< LLVM feature flags, "+avx512f"
  int vector_bytes = 16;              ///< width of the widest vector register worth using
  int vector_registers = 16;          ///< of that width
  int fma_units = 2;                  ///< vector FMAs issued per cycle (a guess where it can't be known)
  bool has_fma = false;
  int cores = 1;  ///< that this process may use (base/cores.h)
  std::int64_t l1d_bytes = 32 << 10, l2_bytes = 1 << 20, l3_bytes = 8 << 20;

  /// Loads and stores of some lanes are as cheap as those of all.
  bool has_masks() const { return vector_bytes == 64; }
  /// x * 2^n is one instruction of the widest vectors.
  bool has_scalef() const { return vector_bytes == 64; }
  bool is_aarch64() const { return triple.starts_with("aarch64"); }

  /// This machine, features checked against what the operating system saves (XCR0) by LLVM's detection.
  static Target host();
  /// "host", "x86-64-v3", "x86-64-v4", … Failure names the known ones.
  static Result<Target> parse(const std::string& text);
  /// What records and compiled models carry: "znver4-avx512f…", stable.
  std::string fingerprint() const;
  /// Every feature that code made for it may need of a processor, those that `cpu` stands for and those that another
  /// implies included: LLVM's names without a sign, sorted.
  std::vector<std::string> required_features() const;
};

}  // namespace tilewright::codegen
