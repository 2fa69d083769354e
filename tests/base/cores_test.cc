#include "base/cores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "base/error.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;

/// A directory that stands for the root of a file system, with the given files.
class FakeRoot {
 public:
  explicit FakeRoot(const std::map<std::string, std::string>& files) {
    std::string name = (fs::temp_directory_path() / "tw_cores_XXXXXX").string();
    path_ = mkdtemp(name.data());
    for (const auto& [file, text] : files) {
      fs::create_directories((path_ / file).parent_path());
      std::ofstream(path_ / file) << text;
    }
  }
  ~FakeRoot() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct QuotaCase {
  const char* name;
  std::map<std::string, std::string> files;
  std::optional<double> quota;
};

TEST(Cores, ReadsTheTightestControlGroupQuota) {
  const QuotaCase cases[] = {
      {"nothing", {}, std::nullopt},
      {"v2 without limit",
       {{"proc/self/cgroup", "0::/a\n"}, {"sys/fs/cgroup/a/cpu.max", "max 100000\n"}},
       std::nullopt},
      {"v2", {{"proc/self/cgroup", "0::/a\n"}, {"sys/fs/cgroup/a/cpu.max", "150000 100000\n"}}, 1.5},
      {"v2, an ancestor is tighter",
       {{"proc/self/cgroup", "0::/a/b\n"},
        {"sys/fs/cgroup/a/cpu.max", "200000 100000\n"},
        {"sys/fs/cgroup/a/b/cpu.max", "800000 100000\n"}},
       2.0},
      {"v2, seen from a container",
       {{"proc/self/cgroup", "0::/host/x\n"}, {"sys/fs/cgroup/cpu.max", "300000 100000\n"}},
       3.0},
      {"v2, outside the namespace",
       {{"proc/self/cgroup", "0::/../x\n"}, {"sys/fs/cgroup/cpu.max", "50000 100000\n"}},
       0.5},
      {"v1",
       {{"proc/self/cgroup", "9:memory:/m\n3:cpu,cpuacct:/a\n"},
        {"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "400000\n"},
        {"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n"}},
       4.0},
      {"v1 without limit",
       {{"proc/self/cgroup", "3:cpu:/\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       std::nullopt},
      {"v1 in a container that is shown the host's path",
       {{"proc/self/cgroup", "4:cpuacct,cpu:/docker/1f/inner\n"},
        {"proc/self/mountinfo",
         "33 31 0:30 /docker/1f /sys/fs/cgroup/cpu ro,nosuid shared:9 - cgroup cgroup rw,cpuacct,cpu\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "600000\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
        {"sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "200000\n"},
        {"sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "100000\n"}},
       2.0},
      {"v2 beside v1",
       {{"proc/self/cgroup", "5:memory:/m\n0::/a\n"},
        {"proc/self/mountinfo",
         "30 23 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
         "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"},
        {"sys/fs/cgroup/unified/a/cpu.max", "250000 100000\n"}},
       2.5},
      {"v2 mounted elsewhere",
       {{"proc/self/cgroup", "0::/a/b/c\n"},
        {"proc/self/mountinfo", "41 31 0:38 /a /groups rw - cgroup2 cgroup2 rw,nsdelegate\n"},
        {"groups/cpu.max", "700000 100000\n"},
        {"groups/b/cpu.max", "300000 100000\n"},
        {"groups/b/c/cpu.max", "max 100000\n"}},
       3.0},
      {"garbage", {{"proc/self/cgroup", "x\n0:\n::\n0::/\n"}, {"sys/fs/cgroup/cpu.max", "lots\n"}}, std::nullopt},
      {"garbage for mounts",
       {{"proc/self/cgroup", "0::/a\n"},
        {"proc/self/mountinfo", "\n- - -\n1 2 3 / /x rw - cgroup2\n"},
        {"sys/fs/cgroup/a/cpu.max", "100000 100000\n"}},
       1.0},
  };
  for (const QuotaCase& c : cases) {
    const FakeRoot root(c.files);
    EXPECT_EQ(cgroup_cpu_quota(root.path()), c.quota) << c.name;
  }
}

TEST(Cores, AreAtLeastOneAndEachNamedOnce) {
  std::vector<int> cores = allowed_cores();
  ASSERT_FALSE(cores.empty());
  std::ranges::sort(cores);
  EXPECT_EQ(std::ranges::adjacent_find(cores), cores.end());
  EXPECT_GE(available_cores(), 1);
  EXPECT_LE(static_cast<std::size_t>(available_cores()), cores.size());
}

/// Sets TILEWRIGHT_NUM_THREADS for a while.
class ThreadsVariable {
 public:
  explicit ThreadsVariable(const char* value) { setenv("TILEWRIGHT_NUM_THREADS", value, 1); }
  ~ThreadsVariable() { unsetenv("TILEWRIGHT_NUM_THREADS"); }
};

TEST(Cores, AreOverriddenByTheEnvironment) {
  const ThreadsVariable variable("7");
  EXPECT_EQ(available_cores(), 7);
}

TEST(Cores, RefuseAnEnvironmentThatIsNotACount) {
  for (const char* text : {"0", "-1", "two", "1.5", "1025", "2x", "nan"}) {
    const ThreadsVariable variable(text);
    try {
      available_cores();
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::usage);
      EXPECT_EQ(error.what(),
                fmt::format("TILEWRIGHT_NUM_THREADS is '{}', expected a whole number from 1 to 1024", text));
    }
  }
}

}  // namespace
}  // namespace tilewright
