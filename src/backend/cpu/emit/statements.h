#pragma once

#include "backend/cpu/emit/accumulators.h"
#include "backend/cpu/emit/values.h"

namespace tilewright::cpu {

/// Emits the statements of a function: loops, branches, stores. Unrolled loops become straight-line code, vectorized
/// loops vectors, reductions keep their elements in registers.
class StatementEmitter {
 public:
  /// `runtime`: pointer to the tw_runtime table.
  StatementEmitter(FunctionContext& f, llvm::Value* runtime) : f_(f), values_(f), runtime_(runtime) {}
  void emit(const loop::Block& block);

 private:
  void emit_for(const loop::For& loop);
  void emit_serial(const loop::For& loop);
  void emit_prefetch(const loop::Prefetch& prefetch);
  /// Does `action` in the lanes given, or for the one iteration that they are.
  template <class Action>
  void in_lanes(const Lanes& lanes, const Action& action);
  void emit_unrolled(const loop::For& loop);
  void emit_transposed(const loop::For& loop, const std::vector<loop::LoadValue>& loads);
  void emit_vectorized(const loop::For& loop);
  void emit_parallel(const loop::For& loop);
  void emit_if(const loop::If& branch);
  void emit_branch(llvm::Value* condition, const loop::Block& then, const loop::Block& otherwise);
  void emit_allocate(const loop::Allocate& allocate);
  /// Calls `action` for each element of the accumulator, with the loops on its path set.
  template <class Action>
  void for_each_element(const Accumulator& accumulator, std::size_t depth, const Action& action);

  FunctionContext& f_;
  ValueEmitter values_;
  llvm::Value* runtime_;
};

/// Pieces of a vectorized loop: powers of two, at most four registers each; what is left over in one masked piece,
/// where the target has masks.
std::vector<Lanes> chunks_of(const loop::For& loop, const target::TargetSpec& target);

/// Local buffers that a block allocates outside parallel loops and that are too large for the stack, with their
/// offsets in the function's workspace.
struct LargeBuffers {
  std::vector<std::pair<loop::BufferId, std::int64_t>> offsets;
  std::int64_t bytes = 0;
};
LargeBuffers find_large_buffers(const loop::Program& program, const loop::Block& block);
inline constexpr std::int64_t kMostStackBytes = 16 << 10;  ///< per buffer

/// Defines the function that runs iterations [begin, end) of a parallel loop, and its wrapper with the tw_parallel_body
/// signature. `buffers` and `variables`: what the closure holds, in order, after the runtime pointer. Loop variables
/// that are constant in `outer`, the function around, are constant in it too.
llvm::Function* emit_parallel_body(const FunctionContext& outer, const loop::For& loop,
                                   const std::vector<loop::BufferId>& buffers, const std::vector<int>& variables);

/// Calls the runtime table's function `workspace`; returns the pointer.
llvm::Value* emit_workspace_call(llvm::IRBuilder<>& builder, llvm::Value* runtime, int slot, std::int64_t bytes);

}  // namespace tilewright::cpu
