#pragma once

#include <vector>

#include "graph/graph.h"

namespace tilewright::graph {

/// Which tensors are memory of others, so that no kernel makes or moves them:
///
/// - a reshape of a tensor is its memory;
/// - a slice is a part of its operand's memory if that part is in one piece, begins where kernels want their data to
///   begin, and others read the operand too (else the slice may rather be computed with what it is cut from);
/// - what a concat joins along its first dimensions is written where the concat has it, if kernels compute all of it
/// and
///   most of it is read by others too (else the concat may rather be computed with what it joins).
class Views {
 public:
  static constexpr std::int64_t kAlignment = 64;  ///< bytes

  /// Of a graph without nodes.
  Views() = default;
  explicit Views(const Graph& graph);

  /// Where a tensor's memory is: `offset` bytes into that of `owner`, which is no view.
  struct Memory {
    TensorId owner;
    std::int64_t offset;
  };
  Memory memory_of(TensorId id) const;
  /// Whether the node needs no kernel.
  bool is_view(int node) const { return is_view_[static_cast<std::size_t>(node)]; }

 private:
  bool add_slice(const Graph& graph, const Node& node, const std::vector<int>& readers);
  bool add_concat(const Graph& graph, const Node& node, const std::vector<int>& readers);

  std::vector<bool> is_view_;    ///< per node
  std::vector<Memory> part_of_;  ///< per tensor: itself if it is part of none
};

}  // namespace tilewright::graph
