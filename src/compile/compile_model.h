#pragma once

#include <functional>

#include "backend/api/backend.h"
#include "base/blocked_layout.h"
#include "compile/schedules.h"
#include "graph/partition.h"
#include "runtime/model/model.h"
#include "schedule/state.h"

namespace tilewright::compile {

/// Gives the schedule that a task is compiled with. Called once per task, from the caller's thread, in order.
using Scheduler = std::function<schedule::State(const task::Task&)>;

/// Compiles every task with `jobs` threads (0: all cores) and plans memory, for any target, sharing constants. Too
/// large a schedule gives way to the plain one. Errors: InternalError naming the task whose schedule can't be lowered.
runtime::ModelPlan compile_plan(const graph::Partition& partition, const Scheduler& scheduler,
                                const backend::TargetRef& target, int jobs = 0);

/// With the network's own schedules.
runtime::ModelPlan compile_plan(const ScheduledNetwork& network, const backend::TargetRef& target);

/// The same, loaded, for a target that this machine can run. The model owns all that it needs; it shares
/// constants with the partition. Errors: as above, and as runtime::Model's constructor.
runtime::Model compile(const graph::Partition& partition, const Scheduler& scheduler, const backend::TargetRef& target,
                       int jobs = 0);

runtime::Model compile(const ScheduledNetwork& network, const backend::TargetRef& target);

/// The symbol of a task's kernel.
std::string symbol_of_task(int task);

/// The plan without the code: buffers, calls, copies; objects are left empty, and each call names its task as object.
/// `packed`: per task, how its kernel takes its constants.
runtime::ModelPlan plan_model(const graph::Partition& partition,
                              const std::vector<std::vector<PackedArgument>>& packed);

}  // namespace tilewright::compile
