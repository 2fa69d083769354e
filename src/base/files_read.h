#pragma once

struct stat;

namespace tilewright {

/// While one lives, the files that are opened as inputs are remembered, so that no output of the same command takes the
/// place of one, whatever names it: an argument, a model (its weights), a suite. Made by main; one at a time.
class FilesRead {
 public:
  FilesRead();
  ~FilesRead();
  FilesRead(const FilesRead&) = delete;
  FilesRead& operator=(const FilesRead&) = delete;
};

/// To be called with the status of what is opened for reading.
void note_read(const struct stat& status);
bool was_read(const struct stat& status);

}  // namespace tilewright
