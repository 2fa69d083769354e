#include "base/cores.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> ratio(const std::optional<double>& quota, const std::optional<double>& period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

/// "150000 100000", or "max 100000" for no limit.
std::optional<double> quota_v2(const fs::path& group) {
  const std::string line = first_line(group / "cpu.max").value_or("");
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return std::nullopt;
  const std::string_view view = line;
  return ratio(to_number(view.substr(0, space)), to_number(view.substr(space + 1)));
}

/// Quota -1: no limit.
std::optional<double> quota_v1(const fs::path& group) {
  return ratio(to_number(first_line(group / "cpu.cfs_quota_us").value_or("")),
               to_number(first_line(group / "cpu.cfs_period_us").value_or("")));
}

/// A control-group file system: its group `root` is seen at `point`.
struct Mount {
  fs::path root, point;
};

/// A mount as /proc/self/mountinfo has it: "31 23 0:26 ROOT POINT OPTIONS [FIELD]… - TYPE SOURCE SUPER_OPTIONS".
struct MountLine {
  Mount mount;
  std::string type, super_options;
};
std::optional<MountLine> parse_mount(const std::string& line) {
  MountLine parsed;
  std::string unused, field;
  std::istringstream fields(line);
  fields >> unused >> unused >> unused >> parsed.mount.root >> parsed.mount.point;
  while (fields >> field && field != "-") continue;
  fields >> parsed.type >> unused >> parsed.super_options;
  return fields ? std::optional(std::move(parsed)) : std::nullopt;
}

bool names_cpu(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::size_t comma = controllers.find(',');
    if (controllers.substr(0, comma) == "cpu") return true;
    if (comma == std::string_view::npos) break;
    controllers.remove_prefix(comma + 1);
  }
  return false;
}

/// Where the hierarchy of a line of /proc/self/cgroup is mounted; `controllers` is empty for version 2.
Mount mount_of(const fs::path& root, const std::string& controllers) {
  std::ifstream mounts(root / "proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const std::optional<MountLine> found = parse_mount(line);
    if (!found) continue;
    const bool is_it =
        controllers.empty() ? found->type == "cgroup2" : found->type == "cgroup" && names_cpu(found->super_options);
    if (is_it) return found->mount;
  }
  return {"/", fs::path("/sys/fs/cgroup") / controllers};  // where everybody mounts it
}

/// The way down from the group that is mounted to `path`. A container may be shown the host's path, of which the mount
/// is a part or the end, or one that leads out of its namespace; the mount itself is then the nearest group there is.
fs::path below(const Mount& mount, const fs::path& path) {
  auto part = path.begin();
  for (auto of_root = mount.root.begin(); of_root != mount.root.end(); ++of_root, ++part)
    if (part == path.end() || *part != *of_root) return {};
  fs::path rest;
  for (; part != path.end() && *part != ".."; ++part) rest /= *part;
  return rest;
}

using QuotaOf = std::optional<double> (*)(const fs::path&);

/// The tightest quota of the group `path` and its ancestors up to the mount at `top`.
std::optional<double> tightest(const fs::path& top, const fs::path& path, QuotaOf quota_of) {
  std::optional<double> least = quota_of(top);
  fs::path group = top;
  for (const fs::path& part : path) {
    const std::optional<double> quota = quota_of(group /= part);
    if (quota) least = least ? std::min(*least, *quota) : *quota;
  }
  return least;
}

/// Position of a core among the hardware threads of its physical core: the first number of "0-1" or "0,8" is itself
/// for the first of them.
bool is_first_sibling(int core) {
  const fs::path path =
      fs::path("/sys/devices/system/cpu") / fmt::format("cpu{}", core) / "topology/thread_siblings_list";
  const std::string line = first_line(path).value_or("");
  int first = core;
  std::from_chars(line.data(), line.data() + line.size(), first);
  return first == core;
}

}  // namespace

std::vector<int> allowed_cores() {
  std::vector<cpu_set_t> mask(16);  // 16,384 cores
  const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
  if (sched_getaffinity(0, bytes, mask.data()) != 0) return {0};
  std::vector<int> cores;
  for (std::size_t core = 0; core < bytes * 8; ++core) {
    if (CPU_ISSET_S(core, bytes, mask.data())) cores.push_back(static_cast<int>(core));
  }
  if (cores.empty()) return {0};
  std::stable_partition(cores.begin(), cores.end(), is_first_sibling);
  return cores;
}

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  std::optional<double> least;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "0::/path" (v2) or "3:cpu,cpuacct:/path" (v1)
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path path = line.substr(second + 1);
    if (!controllers.empty() && !names_cpu(controllers)) continue;
    const Mount mount = mount_of(root, controllers);
    const std::optional<double> quota =
        tightest(root / mount.point.relative_path(), below(mount, path), controllers.empty() ? quota_v2 : quota_v1);
    if (quota) least = least ? std::min(*least, *quota) : *quota;
  }
  return least;
}

int available_cores() {
  constexpr int kMost = 1024;
  if (const char* text = std::getenv("TILEWRIGHT_NUM_THREADS"); text != nullptr && *text != '\0') {
    const std::optional<double> threads = to_number(text);
    if (!threads || *threads < 1 || *threads > kMost || *threads != static_cast<int>(*threads)) {
      throw Error(Code::usage, "TILEWRIGHT_NUM_THREADS is '{}', expected a whole number from 1 to {}", text, kMost);
    }
    return static_cast<int>(*threads);
  }
  const int allowed = std::min(static_cast<int>(allowed_cores().size()), kMost);
  // Rounded up: of two cores for half the time one is used well, and another half of one would be given away.
  const double quota = std::ceil(cgroup_cpu_quota().value_or(allowed));
  return std::clamp(static_cast<int>(std::min<double>(quota, allowed)), 1, allowed);
}

int threads_at_once(int threads) { return std::min(threads, static_cast<int>(allowed_cores().size())); }

}  // namespace tilewright
