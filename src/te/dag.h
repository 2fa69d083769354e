#pragma once

#include <memory>
#include <string>
#include <vector>

#include "te/tensor.h"

namespace tilewright::te {

/// The tensor operations of one tuning task. Immutable; shared by everything that schedules it.
///
/// `ops` is in depth-first post-order from the outputs, inputs visited in the order in which their loads first appear
/// (docs/ansor.md §1.1); stage ids of a schedule are positions in this order.
class Dag {
 public:
  /// `arguments`: inputs first, outputs last, in the order in which a kernel takes its buffers.
  /// Errors: InternalError if an argument is neither a placeholder nor read by nobody, or a placeholder is missing.
  static std::shared_ptr<const Dag> make(std::vector<Tensor> arguments);
  /// The same from operations in a given order, each after what it reads: schedule steps insert operations where their
  /// stage stands, which depth-first order would not always keep.
  static std::shared_ptr<const Dag> make(std::vector<Tensor> arguments, std::vector<Tensor> ops);

  const std::vector<Tensor>& ops() const { return ops_; }
  const std::vector<Tensor>& arguments() const { return arguments_; }
  std::vector<Tensor> inputs() const;   ///< the placeholders among the arguments, in order
  std::vector<Tensor> outputs() const;  ///< the others, in order
  /// Position of an operation in `ops`, or -1.
  int index_of(const Operation* op) const;
  /// Operations that read `ops()[i]`, ascending, each once.
  const std::vector<int>& readers(int i) const { return readers_[static_cast<std::size_t>(i)]; }
  /// Operations that `ops()[i]` reads, ascending, each once.
  const std::vector<int>& reads(int i) const { return reads_[static_cast<std::size_t>(i)]; }
  bool is_output(int i) const { return readers_[static_cast<std::size_t>(i)].empty(); }

 private:
  std::vector<Tensor> ops_, arguments_;
  std::vector<std::vector<int>> readers_, reads_;
};
using DagRef = std::shared_ptr<const Dag>;

/// The DAG as text, one line an operation, like Ansor prints it: "C(i, j) += (A[i, k] * B[k, j])".
std::string to_text(const Dag& dag);
/// Stable 64-bit hash of structure, shapes, types and bodies (names of axes and operations left out).
std::uint64_t structural_hash(const Dag& dag);

/// Replaces operations by others in every body of `dag` that reads them, and rebuilds the DAG: what cache_read,
/// cache_write and rfactor do. `replacements` maps old operation to new tensor. Operations downstream are rebuilt with
/// their names, axes and attributes kept; arguments that were replaced or rebuilt are exchanged too.
std::shared_ptr<const Dag> replace(const Dag& dag,
                                   const std::vector<std::pair<const Operation*, Tensor>>& replacements);

}  // namespace tilewright::te
