#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "loop/program.h"
#include "target/target_spec.h"

namespace tilewright::backend {

/// What Compiler is given as the most instructions that a kernel may have, unless one wants otherwise: beyond this a
/// compile takes seconds and the code misses the instruction cache.
inline constexpr double kMostInstructions = 40000;

/// Makes machine code of loop programs for one target. One per thread.
class Compiler {
 public:
  virtual ~Compiler() = default;
  /// A relocatable object in memory that defines `symbol`, a tw_kernel (include/tilewright/kernel_abi.h) over
  /// `program`'s arguments in order. `program`: after Backend::finish. Failure: it is too large.
  virtual Result<std::string> compile_finished(const loop::Program& program, std::string_view symbol) = 0;
};

/// One kind of machine: what makes loop programs fit for it, and code of them. Has no state; lives as long as the
/// process.
class Backend {
 public:
  virtual ~Backend() = default;
  /// The program that code is emitted for: `scheduled` after all of the target's passes.
  virtual loop::Program finish(loop::Program scheduled, const target::TargetSpec& target) const = 0;
  /// Programs of more than about `most_instructions` once they are unrolled are refused.
  /// Errors: Error(usage) if there is no code generator for the target.
  virtual std::unique_ptr<Compiler> compiler(const target::TargetSpec& target,
                                             double most_instructions = kMostInstructions) const = 0;
  /// Every feature that code made for it may need of a processor: LLVM's names without a sign, sorted.
  virtual std::vector<std::string> required_features(const target::TargetSpec& target) const = 0;
};

/// A machine to make code for, with who makes it. Shared, as every candidate carries it.
struct Target : target::TargetSpec {
  const Backend* backend;
};
using TargetRef = std::shared_ptr<const Target>;

}  // namespace tilewright::backend
