#pragma once

namespace tilewright::cli {

/// While it lives, the first Ctrl-C (or SIGTERM) only raises a flag, so that work can end in good order; the second one
/// ends the process at once. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  bool raised() const;
};

}  // namespace tilewright::cli
