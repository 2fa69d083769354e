#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "loop/program.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

inline constexpr double kMostInstructions =
    40000;  ///< beyond this a compile takes seconds and the code misses the instruction cache

/// Compiles loop programs to relocatable machine code (ELF object bytes in memory). Owns an LLVM context and a target
/// machine: use one per thread.
class Compiler {
 public:
  /// Programs of more than about `most_instructions` once they are unrolled are refused.
  explicit Compiler(const target::TargetSpec& target, double most_instructions = kMostInstructions);
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  Compiler& operator=(Compiler&&) noexcept;

  /// An ELF object that defines `symbol`, a tw_kernel (include/tilewright/kernel_abi.h) over `program`'s arguments in
  /// order. Its only undefined symbols are functions of libc, libm and libmvec. Failure: the program is too large.
  Result<std::string> compile(const loop::Program& program, std::string_view symbol);
  /// The same of a program that the target's passes have been through (passes.h).
  Result<std::string> compile_finished(const loop::Program& program, std::string_view symbol);
  /// The same as LLVM IR or assembly text, for people.
  Result<std::string> emit_ir(const loop::Program& program, std::string_view symbol);
  Result<std::string> emit_assembly(const loop::Program& program, std::string_view symbol);

 private:
  struct Llvm;
  std::unique_ptr<Llvm> llvm_;
};

}  // namespace tilewright::cpu
