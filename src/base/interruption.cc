#include "base/interruption.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace tilewright {
namespace {

std::atomic<int> waits = 0;

constexpr int kNone = -1;
char unfinished_name[64];
std::atomic<int> unfinished_folder = kNone;  ///< set after the name, so that who sees it sees the name, too
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait");

}  // namespace

MayWait::MayWait() { ++waits; }
MayWait::~MayWait() { --waits; }
bool is_waiting() noexcept { return waits > 0; }

void wait_until_writable(int file) {
  pollfd writable{file, POLLOUT, 0};
  if (::poll(&writable, 1, 0) != 0) return;
  const MayWait wait;
  while (::poll(&writable, 1, -1) < 0 && errno == EINTR) {
  }
}

UnfinishedFile::UnfinishedFile(int folder, const char* name) {
  TW_CHECK(unfinished_folder == kNone && std::strlen(name) < sizeof(unfinished_name));
  std::strcpy(unfinished_name, name);
  unfinished_folder = folder;
}
UnfinishedFile::~UnfinishedFile() {
  remove_unfinished_file();
  keep();
}
void UnfinishedFile::keep() noexcept { unfinished_folder = kNone; }

void remove_unfinished_file() noexcept {
  if (const int folder = unfinished_folder; folder != kNone) ::unlinkat(folder, unfinished_name, 0);
}

}  // namespace tilewright
