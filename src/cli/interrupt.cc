#include "cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <ctime>

#include "base/interruption.h"

namespace tilewright::cli {
namespace {

constexpr std::time_t kOneWish_s = 2;  ///< signals closer than this are one wish to end

// Global because a signal handler is given nothing else to write to.
std::atomic<bool> is_flag_enough = false;     ///< an Interrupt lives
std::atomic<std::time_t> interrupted_at = 0;  ///< 0 while there was no signal
static_assert(decltype(interrupted_at)::is_always_lock_free, "a signal handler may not wait");

void install(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

void end_process(int signal) {
  remove_unfinished_file();
  install(signal, SIG_DFL);
  raise(signal);
}

void handle(int signal) {
  if (!is_flag_enough || is_waiting()) return end_process(signal);
  const std::time_t now = std::time(nullptr), first = interrupted_at;
  if (first == 0)
    interrupted_at = now;
  else if (now - first >= kOneWish_s)
    end_process(signal);
}

}  // namespace

void leave_nothing_when_interrupted() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before{};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) install(signal, end_process);  // nohup and the like have it ignored
  }
}

Interrupt::Interrupt() {
  interrupted_at = 0;
  is_flag_enough = true;
  for (int signal : {SIGINT, SIGTERM}) install(signal, handle);
}
Interrupt::~Interrupt() { end(); }
void Interrupt::end() { is_flag_enough = false; }
bool Interrupt::raised() const { return interrupted_at != 0; }

}  // namespace tilewright::cli
