#pragma once

#include <span>

#include "runtime/model/model.h"

namespace tilewright::runtime {

/// The memory that a model runs in, and its inputs and outputs there. One thread at a time; run() allocates nothing.
class Execution {
 public:
  /// Both must outlive this. Errors: OutOfMemory.
  Execution(const Model& model, ThreadPool& pool);

  /// Takes `tensor` (not a copy, unless its memory is not aligned to 64 bytes) as input i of every run from now on.
  /// Errors: Error(bad_input) if its type or shape is not that of the input.
  void bind(int i, Tensor tensor);
  /// All inputs must be bound. `call_s`, if not empty, has a place for every call of the plan and gets the seconds that
  /// it took. Errors: OutOfMemory if a kernel finds no memory to work in, InternalError if one fails.
  void run(std::span<double> call_s = {});
  /// Overwritten by the next run.
  const Tensor& output(int i) const { return outputs_[static_cast<std::size_t>(i)]; }

 private:
  void* address(const BufferRef& ref) const;
  void resolve();

  const Model& model_;
  ThreadPool& pool_;
  std::shared_ptr<void> arena_;
  std::vector<Tensor> inputs_, outputs_;
  std::vector<std::vector<void*>> buffers_;  ///< per call
  std::vector<tw_kernel_args> arguments_;    ///< per call
  bool resolved_ = false;
};

}  // namespace tilewright::runtime
