#pragma once

namespace tilewright::cli {

/// From here on Ctrl-C, SIGTERM and the end of a terminal remove an unfinished output before they end the process.
void leave_nothing_when_interrupted();

/// While it lives, the first Ctrl-C (or SIGTERM) only raises a flag, so that work can end in good order; one that comes
/// two seconds later ends the process at once, as does one that comes while nothing is done but waiting
/// (base/interruption.h). `timeout` sends a signal twice in a row: once to the process, once to its group.
/// One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool raised() const;
  /// A signal ends the process again: all that is left is to write, which may wait for a reader.
  void end();
};

}  // namespace tilewright::cli
