#include "base/replacement.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "base/error.h"

namespace tilewright {
namespace {

constexpr mode_t kPermissions = 0777;  // whoever changes the content is not who gave the other bits

/// Says nothing of the file that it will be: that one's name may have no room for more.
std::string temporary_name() {
  std::uint64_t random = 0;
  if (::getrandom(&random, sizeof(random), 0) != sizeof(random)) random = static_cast<std::uint64_t>(::getpid());
  return fmt::format(".tilewright-{:016x}.part", random);
}

}  // namespace

Replacement::Replacement(const OutputTarget& target, std::filesystem::path named)
    : target_(target), named_(std::move(named)) {
  const std::filesystem::path folder = target_.path.parent_path();
  folder_ = Descriptor(::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder_) fail_to_write(named_);
  if (target_.status && ::access(target_.path.c_str(), W_OK) != 0) fail_to_write(named_);
  create();
  if (target_.status) keep_owner_and_mode();
}

void Replacement::create() {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    name_ = temporary_name();
    unfinished_.emplace(folder_.get(), name_.c_str());
    file_ =
        Descriptor(::openat(folder_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (file_) return;
    unfinished_->keep();
    unfinished_.reset();
    if (errno != EEXIST) break;
  }
  fail_to_write(named_);
}

void Replacement::keep_owner_and_mode() {
  struct stat made{};
  if (::fstat(file_.get(), &made) != 0) fail_to_write(named_);
  const struct stat& old = *target_.status;
  const bool other_owner = made.st_uid != old.st_uid || made.st_gid != old.st_gid;
  // Only root can give a file away; written by others it becomes theirs.
  [[maybe_unused]] const bool is_given = other_owner && ::fchown(file_.get(), old.st_uid, old.st_gid) == 0;
  if (((made.st_mode ^ old.st_mode) & kPermissions) != 0 && ::fchmod(file_.get(), old.st_mode & kPermissions) != 0)
    fail_to_write(named_);
}

void Replacement::write(std::span<const std::string_view> pieces) {
  for (const std::string_view piece : pieces)
    if (!write_all(file_.get(), piece)) fail_to_write(named_);
}

void Replacement::take_place(Existing existing) {
  if (::fsync(file_.get()) != 0) fail_to_write(named_);
  const std::string own_name = target_.path.filename().string();
  const auto rename = [&](unsigned flags) {
    return ::renameat2(folder_.get(), name_.c_str(), folder_.get(), own_name.c_str(), flags) == 0;
  };
  bool renamed = rename(existing == Existing::refused ? RENAME_NOREPLACE : 0);
  if (!renamed && errno == EINVAL && existing == Existing::refused)
    renamed = rename(0);  // not known to this file system
  if (!renamed && errno == EEXIST) fail_to_write(named_, "another program has made it meanwhile; try again");
  if (!renamed) fail_to_write(named_);
  unfinished_->keep();
  sync_folder();
}

/// So that the new name is on the disk, too. A folder that may not be read can't be synchronized.
void Replacement::sync_folder() const {
  const Descriptor folder(::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder && ::fsync(folder.get()) != 0 && errno != EINVAL)
    fail_to_write(named_, system_reason() + "; the new content is in its place, but may not outlast a power loss");
}

}  // namespace tilewright
