#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace tilewright {

/// Logical cores that the affinity mask of this process allows: first one of every physical core, ascending, then
/// their hardware siblings. Not empty.
std::vector<int> allowed_cores();

/// CPU time that the process's control groups grant, in cores: the least quota of its groups and all their ancestors
/// that can be seen, of version 1 and 2, wherever they are mounted. None if unlimited. `root` stands for the file
/// system's root.
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root = "/");

/// How many threads a kernel should use, and compiling may: TILEWRIGHT_NUM_THREADS if set, else the allowed cores, at
/// most the quota of the control group, rounded up. >= 1.
/// Errors: Error(usage) if TILEWRIGHT_NUM_THREADS is not a number from 1 to 1024.
int available_cores();

/// How many of `threads` threads can run at once: at most the allowed cores. More of them take turns, which tells
/// nothing about a machine that fewer do not.
int threads_at_once(int threads);

}  // namespace tilewright
