#include "base/descriptor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include "base/interruption.h"

namespace tilewright {

Descriptor::~Descriptor() {
  if (file_ >= 0) ::close(file_);
}

std::string system_reason() { return std::generic_category().message(errno); }

bool write_all(int file, std::string_view bytes) {
  struct stat status{};
  const bool never_blocks = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  while (!bytes.empty()) {
    if (!never_blocks) wait_until_writable(file);
    const ssize_t written =
        ::write(file, bytes.data(), never_blocks ? bytes.size() : std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written < 0 && errno == EINTR) continue;
    if (written == 0) errno = ENOSPC;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace tilewright
