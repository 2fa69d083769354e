#include "measure/builder/compile_batch.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <new>
#include <thread>

namespace tilewright::measure {
namespace {

Compiled failed(task::ErrorKind kind, std::string text) {
  return {.object = {}, .packed = {}, .error = kind, .error_text = std::move(text)};
}

Compiled lower_and_compile(backend::Compiler& compiler, const backend::ScheduledProgram& scheduled) {
  const Result<loop::Program>& program = scheduled.program();
  if (!program) return failed(task::ErrorKind::instantiation, program.message());
  Result<std::string> object = compiler.compile_finished(*program, kCandidateSymbol);
  if (!object) return failed(task::ErrorKind::compile_host, object.message());
  return {.object = std::move(*object), .packed = program->packed};
}

}  // namespace

BatchCompiler::BatchCompiler(const backend::TargetRef& target, int threads, double timeout_s, double most_instructions)
    : timeout_s_(timeout_s) {
  for (int i = 0; i < threads; ++i) compilers_.push_back(target->backend->compiler(*target, most_instructions));
}

Compiled BatchCompiler::compile_one(backend::Compiler& compiler, const backend::ScheduledProgram& scheduled) const {
  const auto start = std::chrono::steady_clock::now();
  Compiled result;
  try {
    result = lower_and_compile(compiler, scheduled);
  } catch (const std::bad_alloc&) {  // says nothing about the candidate
    throw;
  } catch (const std::exception& error) {  // a bug of ours must cost this candidate, not the whole search
    result = failed(task::ErrorKind::unknown, fmt::format("internal error while compiling: {}", error.what()));
  }
  const double compile_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (result.error == task::ErrorKind::none && compile_s > timeout_s_) {
    result = failed(task::ErrorKind::build_timeout,
                    fmt::format("compiling took {:.3g} s, the limit is {:.3g} s", compile_s, timeout_s_));
  }
  result.compile_s = compile_s;
  result.is_begun = true;
  return result;
}

std::vector<Compiled> BatchCompiler::compile(std::span<const backend::ScheduledProgram> programs,
                                             const std::function<bool()>& stop) {
  std::vector<Compiled> results(programs.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stopped = false, out_of_memory = false;
  const auto work = [&](std::size_t thread) {
    try {
      for (std::size_t i; !stopped && (i = next++) < programs.size();) {
        results[i] = compile_one(*compilers_[thread], programs[i]);
        if (thread == 0 && stop && stop()) stopped = true;
      }
    } catch (const std::bad_alloc&) {
      stopped = out_of_memory = true;
    }
  };
  std::vector<std::jthread> threads;
  const std::size_t wanted = std::min(compilers_.size(), programs.size());
  try {
    for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back(work, i);
  } catch (const std::exception&) {  // the system gives no more threads, or no memory for one: fewer do the same
  }
  work(0);
  threads.clear();  // waits for all
  if (out_of_memory) throw std::bad_alloc();
  return results;
}

}  // namespace tilewright::measure
