#include "cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <ctime>

namespace tilewright::cli {
namespace {

constexpr std::time_t kOneWish_s = 2;  ///< signals closer than this are one wish to end

// Global because a signal handler is given nothing else to write to; 0 while there was no signal.
std::atomic<std::time_t> interrupted_at = 0;
static_assert(decltype(interrupted_at)::is_always_lock_free, "a signal handler may not wait");

void install(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

void handle(int signal) {
  const std::time_t now = std::time(nullptr), first = interrupted_at;
  if (first == 0) {
    interrupted_at = now;
  } else if (now - first >= kOneWish_s) {
    install(SIG_DFL);
    raise(signal);
  }
}

}  // namespace

Interrupt::Interrupt() {
  interrupted_at = 0;
  install(handle);
}
Interrupt::~Interrupt() { install(SIG_DFL); }
bool Interrupt::raised() const { return interrupted_at != 0; }

}  // namespace tilewright::cli
