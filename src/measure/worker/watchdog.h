#pragma once

#include <sys/time.h>

#include <algorithm>
#include <cmath>

namespace tilewright::measure {

/// Ends the process by SIGALRM unless it goes out of scope in time. The signal's default action is used, so that
/// nothing that a candidate does to this process's memory can keep it from ending.
class Watchdog {
 public:
  explicit Watchdog(double seconds) { set(std::max(seconds, 1e-3)); }
  ~Watchdog() { set(0); }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  static void set(double seconds) {
    const double whole = std::floor(seconds);
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(whole);
    timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - whole) * 1e6);
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
};

}  // namespace tilewright::measure
