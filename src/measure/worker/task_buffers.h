#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "measure/protocol/messages.h"
#include "measure/worker/expected_output.h"
#include "runtime/tensor.h"

namespace tilewright::measure {

/// The buffers that a task's candidates are called with, and what its outputs must be.
class TaskBuffers {
 public:
  /// Allocates all and fills the inputs. There is no problem_with(task). Errors: std::bad_alloc.
  explicit TaskBuffers(const TaskMessage& task);

  void* const* pointers() const { return pointers_.data(); }
  std::int64_t count() const { return static_cast<std::int64_t>(pointers_.size()); }
  std::int64_t bytes() const;
  /// There is no problem_with(reference, the task).
  void set_reference(ReferenceMessage reference);

  /// Lays the arguments out as the next candidate takes them: the named ones in blocks, all others as they are. The
  /// last few layouts are kept, so that candidates in a re-measurement can take turns. Errors: std::bad_alloc.
  void pack(const std::vector<PackedArgument>& arguments);

  /// Overwrites the outputs with all-ones bytes (for floats a NaN that no arithmetic makes), so that what a kernel
  /// leaves unwritten shows.
  void poison_outputs();
  /// None if the outputs are right as far as is known: equal to the reference if there is one, written all over if not.
  std::optional<std::string> mismatch() const;
  /// Bytes of all outputs.
  std::vector<std::string> outputs() const;
  /// Writes the cold arguments, or all of them, back to memory and drops them from the caches.
  void flush_caches(bool all) const;

 private:
  struct PackedCopy {
    PackedArgument layout;
    runtime::Tensor tensor;
  };
  runtime::Tensor& packed_copy(const PackedArgument& packed);
  std::optional<std::string> unwritten(std::size_t argument) const;

  std::vector<Argument> arguments_;
  std::vector<runtime::Tensor> tensors_;  ///< one per argument
  std::vector<PackedArgument> layouts_;   ///< what the next candidate takes in blocks
  std::list<PackedCopy> copies_;          ///< the last one used first
  std::vector<void*> pointers_;
  std::vector<ExpectedOutput> expected_;  ///< one per output, or none known
};

}  // namespace tilewright::measure
