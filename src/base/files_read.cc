#include "base/files_read.h"

#include <sys/stat.h>

#include <mutex>
#include <set>
#include <utility>

#include "base/error.h"

namespace tilewright {
namespace {

// Global because files are opened in every room, by what else knows nothing of a command and its outputs.
std::mutex mutex;
bool is_noting = false;
std::set<std::pair<dev_t, ino_t>> files;

}  // namespace

FilesRead::FilesRead() {
  const std::lock_guard lock(mutex);
  TW_CHECK(!is_noting);
  is_noting = true;
}

FilesRead::~FilesRead() {
  const std::lock_guard lock(mutex);
  is_noting = false;
  files.clear();
}

void note_read(const struct stat& status) {
  const std::lock_guard lock(mutex);
  if (is_noting) files.emplace(status.st_dev, status.st_ino);
}

bool was_read(const struct stat& status) {
  const std::lock_guard lock(mutex);
  return files.contains({status.st_dev, status.st_ino});
}

}  // namespace tilewright
