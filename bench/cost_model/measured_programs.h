#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "backend/api/scheduled_program.h"
#include "task/measurement.h"
#include "task/task.h"

namespace tilewright {

/// A task with the programs that record files hold of it.
struct MeasuredTask {
  std::string text;  ///< the workload as given
  task::Task task;
  std::vector<backend::ScheduledProgram> programs;  ///< for this machine
  std::vector<task::Measurement> results;
};

/// The workloads of a list: one text a line, lines that begin with # left out.
std::vector<std::string> read_workload_list(const std::filesystem::path& path);
/// The tasks of the workloads with their records, in the order of the list; records of other tasks are left out.
std::vector<MeasuredTask> measured_tasks(const std::vector<std::string>& workloads,
                                         const std::vector<std::filesystem::path>& record_files);

}  // namespace tilewright
