#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backend/api/backend.h"
#include "base/error.h"
#include "loop/program.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

/// Compiles loop programs to ELF objects by LLVM. Owns an LLVM context and a target machine: use one per thread.
class Compiler : public backend::Compiler {
 public:
  /// As Backend::compiler.
  explicit Compiler(const target::TargetSpec& target, double most_instructions = backend::kMostInstructions);
  ~Compiler() override;
  Compiler(Compiler&&) noexcept;
  Compiler& operator=(Compiler&&) noexcept;

  /// Its only undefined symbols are functions of libc, libm and libmvec.
  Result<std::string> compile_finished(const loop::Program& program, std::string_view symbol) override;
  /// The same of a program that the target's passes (passes.h) have not been through.
  Result<std::string> compile(const loop::Program& program, std::string_view symbol);
  /// The same as LLVM IR or assembly text, for people.
  Result<std::string> emit_ir(const loop::Program& program, std::string_view symbol);
  Result<std::string> emit_assembly(const loop::Program& program, std::string_view symbol);

 private:
  struct Llvm;
  std::unique_ptr<Llvm> llvm_;
};

}  // namespace tilewright::cpu
