#include "base/file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/error.h"
#include "base/interruption.h"

namespace tilewright {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Tries once. Nothing to wait for also where locks are not supported: then appending in one write must do.
bool try_lock(int file) {
  while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return true;
  }
  return true;
}

/// Who has locked the file, by the kernel's list of locks: "7: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF". Those
/// that wait have an arrow after the colon.
std::string holder_of(int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return "another program";
  const std::string inode = fmt::format(":{}", status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, mode, access, process, place;
    words >> number >> kind >> mode >> access >> process >> place;
    if (kind != "FLOCK" || !place.ends_with(inode)) continue;
    std::string name;
    std::getline(std::ifstream("/proc/" + process + "/comm"), name);
    if (!name.empty()) return fmt::format("{} (process {})", name, process);
  }
  return "another program";
}

void wait_for_lock(int file, const fs::path& path, const Patience& patience) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  constexpr auto kWorthSaying = std::chrono::milliseconds(500);
  const MayWait wait;
  const Clock::time_point begin = Clock::now();
  for (bool is_said = false; !try_lock(file); std::this_thread::sleep_for(kPause)) {
    const auto waited = Clock::now() - begin;
    if (waited >= std::chrono::duration<double>(patience.seconds))
      throw Error(Code::cannot_write, "cannot lock {}: held by {} for more than {:g} s; end that, or name another file",
                  path.string(), holder_of(file), patience.seconds);
    if (is_said || waited < kWorthSaying || !patience.say) continue;
    patience.say(fmt::format("waiting for {}, held by {}", path.string(), holder_of(file)));
    is_said = true;
  }
}

}  // namespace

FileLock::FileLock(const Descriptor& file, const fs::path& path, const Patience& patience) : file_(file.get()) {
  if (!try_lock(file_)) wait_for_lock(file_, path, patience);
}
FileLock::~FileLock() {
  if (file_ >= 0) ::flock(file_, LOCK_UN);
}

bool is_current(const Descriptor& file, const fs::path& path) {
  struct stat opened{}, named{};
  return ::fstat(file.get(), &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

}  // namespace tilewright
