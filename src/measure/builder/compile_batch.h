#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "task/error_kind.h"

namespace tilewright::measure {

/// The symbol that every candidate's object defines.
inline constexpr std::string_view kCandidateSymbol = "tw_candidate";

/// One candidate's machine code, or why there is none.
struct Compiled {
  std::string object;
  std::vector<PackedArgument> packed;  ///< how it takes its constants
  task::ErrorKind error = task::ErrorKind::none;
  std::string error_text;
  double compile_s = 0;   ///< wall time of compiling, and of lowering what was not lowered before
  bool is_begun = false;  ///< false only if the batch was stopped before
};

/// Compilers that are kept from batch to batch, one per thread.
class BatchCompiler {
 public:
  BatchCompiler(const backend::TargetRef& target, int threads, double timeout_s, double most_instructions);

  /// Compiles all programs, made for the target, on all threads, the caller's among them; each thread takes the next
  /// one. `stop`, asked in the caller's thread, ends it early: what was not begun says so.
  std::vector<Compiled> compile(std::span<const backend::ScheduledProgram> programs, const std::function<bool()>& stop);

 private:
  Compiled compile_one(backend::Compiler& compiler, const backend::ScheduledProgram& scheduled) const;

  std::vector<std::unique_ptr<backend::Compiler>> compilers_;
  double timeout_s_;
};

}  // namespace tilewright::measure
