#pragma once

namespace tilewright::cli {

/// While it lives, the first Ctrl-C (or SIGTERM) only raises a flag, so that work can end in good order; one that comes
/// two seconds later ends the process at once. `timeout` sends a signal twice in a row: once to the process, once to its group.
/// One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool raised() const;
};

}  // namespace tilewright::cli
