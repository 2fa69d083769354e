#include "cli/interrupt.h"

#include <csignal>
#include <initializer_list>

namespace tilewright::cli {
namespace {

// Global because a signal handler is given nothing else to write to.
volatile std::sig_atomic_t interrupted = 0;

void handle(int) { interrupted = 1; }

void install(void (*handler)(int), int flags) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  interrupted = 0;
  install(handle, static_cast<int>(SA_RESETHAND | SA_RESTART));
}
Interrupt::~Interrupt() { install(SIG_DFL, 0); }
bool Interrupt::raised() const { return interrupted != 0; }

}  // namespace tilewright::cli
