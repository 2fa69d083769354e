#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/views.h"
#include "task/task.h"

namespace tilewright::graph {

/// One run of one task's kernel.
struct TaskCall {
  int task;  ///< position in Partition::tasks
  std::vector<TensorId>
      inputs;  ///< one per input of the task's DAG, in order; a tensor here may be seen with another shape there
  TensorId output;
  std::string name;        ///< the last node, for people
  std::vector<int> nodes;  ///< positions in Partition::graph.nodes(); none if it was no part of a network
};

/// A network cut into kernels. What only sees other tensors' memory (views.h) is none.
struct Partition {
  Graph graph;
  std::vector<task::Task> tasks;  ///< each once, with the number of its calls; in the order of first use
  std::vector<TaskCall> calls;    ///< in the order in which they run
  Views views = {};               ///< whose memory each tensor is
};

/// Fuses nodes into groups and makes each a task: elementwise nodes join the producer of one of their operands (a
/// convolution, product, pool, reduction) that nobody else reads, the deepest one if there are several; elementwise and
/// data-moving producers that nobody else reads join the node of that kind that reads them, up to what a kernel holds.
///
/// A task's DAG has a placeholder per tensor read (weights too, so that layers of equal shape are one task), in the
/// order of first use; single numbers known at compile time stand in the expressions.
Partition partition(const Graph& graph);

/// One expression as a network of one kernel: its placeholders are the inputs, those that are constant seeded random
/// constants.
Partition single_task(te::DagRef dag, std::string description);

}  // namespace tilewright::graph
