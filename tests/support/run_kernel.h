#pragma once

#include <span>
#include <vector>

#include "backend/cpu/compiler.h"
#include "runtime/cpu/thread_pool.h"
#include "te/interpreter.h"

namespace tilewright::support {

/// Compiles the program, loads it into this process and runs it once, in buffers with fences around them: an access
/// outside ends the process. Failure: it is too large to compile.
/// Errors: InternalError if it does not load or fails.
Result<std::vector<te::Array>> run_kernel(cpu::Compiler& compiler, runtime::ThreadPool& pool,
                                          const loop::Program& program, std::span<const te::Array> inputs);

/// Whether this machine can run code for the target.
bool runs_here(const target::TargetSpec& target);

}  // namespace tilewright::support
