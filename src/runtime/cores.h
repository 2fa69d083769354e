#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace tilewright::runtime {

/// Logical cores that the affinity mask of this process allows: first one of every physical core, ascending, then
/// their hardware siblings. Not empty.
std::vector<int> allowed_cores();

/// CPU time that the process's control groups (v1 and v2, all ancestors) grant, in cores; none if unlimited.
/// `root` stands for the file system's root.
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root = "/");

/// How many threads a kernel should use: TILEWRIGHT_NUM_THREADS if set, else the allowed cores, at most the whole cores
/// of the control group's quota. >= 1.
/// Errors: Error(usage) if TILEWRIGHT_NUM_THREADS is not a number from 1 to 1024.
int available_cores();

}  // namespace tilewright::runtime
