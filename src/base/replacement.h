#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/interruption.h"
#include "base/output_target.h"

namespace tilewright {

/// New content for a regular file, written beside it under a name of its own. It takes the file's place, with its mode,
/// once it is on the disk; before that it is removed again, by Ctrl-C too.
class Replacement {
 public:
  /// `named`: the path as it was given, for messages. Errors, here and below: Error(cannot_write) naming it and the
  /// reason.
  Replacement(const OutputTarget& target, std::filesystem::path named);
  void write(std::span<const std::string_view> pieces);
  /// What is there already, if anything is, is replaced; or refused, if there was no such file to begin with.
  enum class Existing { replaced, refused };
  void take_place(Existing existing);

 private:
  void create();
  void keep_owner_and_mode();
  void sync_folder() const;

  OutputTarget target_;
  std::filesystem::path named_;
  Descriptor folder_;
  std::string name_;
  std::optional<UnfinishedFile> unfinished_;
  Descriptor file_;
};

}  // namespace tilewright
