#pragma once

/// What a handler of signals must know of the rest of the program. It is given nothing else, so this is global.
namespace tilewright {

/// While one lives, nothing is done but waiting for others (a reader of a pipe, the owner of a lock), so that a signal
/// may end the process at once, even where it would else only raise a flag (cli/interrupt.h). Of the main thread.
class MayWait {
 public:
  MayWait();
  ~MayWait();
  MayWait(const MayWait&) = delete;
  MayWait& operator=(const MayWait&) = delete;
};
bool is_waiting() noexcept;

/// Waits until a file, pipe or terminal takes at least PIPE_BUF bytes, or can't be written to at all.
void wait_until_writable(int file);

/// A file that is of no use before it is complete, `name` in the open folder `folder`: removed at the end of its life
/// or of the process. One at a time; made before the file is.
class UnfinishedFile {
 public:
  UnfinishedFile(int folder, const char* name);
  ~UnfinishedFile();
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  /// It has become another file, or never was.
  void keep() noexcept;
};
/// May be called in a signal handler. Nothing to do if no file is unfinished.
void remove_unfinished_file() noexcept;

}  // namespace tilewright
