#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tilewright {

/// What the pass managers of this process do besides running passes. Set before the first compilation, by the command
/// line or by the main of a test program; read by every thread.
namespace passes {
/// Every pass is verified after it ran (always so in debug builds). A pass that breaks its verifier is an
/// InternalError that names it and shows the program before and after.
void verify_each(bool on);
/// Every pass is timed.
void time_each(bool on);
/// What an error names as the seed of the run.
void name_seed(std::uint64_t seed);

enum Instrument : unsigned { kVerify = 1, kTime = 2 };
/// Those that are on, as a sum; 0 costs a pass manager one load.
unsigned instruments();
}  // namespace passes

/// How often a pass ran, and how long in all: seconds, summed over threads.
struct PassTime {
  std::string_view level, pass;
  std::int64_t calls = 0;
  double total_s = 0;
};

/// The passes of one level of the compiler by name, in the order in which they run: switches and clocks. A name may
/// stand at several places; it is switched at all of them.
class PassList {
 public:
  std::string_view level() const { return level_; }
  /// Each name once, in order.
  std::vector<std::string_view> names() const;
  bool has(std::string_view name) const;
  /// Whether later passes or code generation rely on it.
  bool is_needed(std::string_view name) const;
  /// Whether it runs, from now on. Errors: InternalError if there is none of this name, or it is needed.
  void switch_pass(std::string_view name, bool on);
  /// Of every name, in order, since the process began.
  std::vector<PassTime> times() const;

 protected:
  struct Entry {
    std::string_view name;
    bool needed = false;
    std::atomic<bool> off = false;
    std::atomic<std::int64_t> calls = 0, nanoseconds = 0;
  };

  explicit PassList(std::string_view level) : level_(level) {}
  Entry& add(std::string_view name, bool needed);
  Entry& entry(std::size_t i) const { return *entries_[i]; }
  std::size_t position(std::string_view name) const;
  [[noreturn]] void fail(const Entry& pass, const std::string& why, const std::string& before,
                         const std::string& after) const;

 private:
  std::string_view level_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

/// Runs the passes of one level, one after another, on a `Subject`; `Context` is what they may look at. There is one
/// for each level: graph::pass_manager, loop::pass_manager, cpu::pass_manager. Threads may share it.
template <class Subject, class... Context>
class PassManager : public PassList {
 public:
  struct Pass {
    std::string_view name;
    void (*run)(Subject&, const Context&...);
    bool needed = false;  ///< can't be switched off
  };
  using Verify = Status (*)(const Subject&);
  using Print = std::string (*)(const Subject&);

  PassManager(std::string_view level, std::initializer_list<Pass> passes, Verify verify, Print print)
      : PassList(level), passes_(passes), verify_(verify), print_(print) {
    for (const Pass& pass : passes_) add(pass.name, pass.needed);
  }

  /// All passes that are on.
  void run(Subject& subject, const Context&... context) const {
    const unsigned instruments = passes::instruments();
    for (std::size_t i = 0; i < passes_.size(); ++i) {
      if (entry(i).off.load(std::memory_order_relaxed)) continue;
      if (instruments == 0) [[likely]]
        passes_[i].run(subject, context...);
      else
        run_watched(i, instruments, subject, context...);
    }
  }

  /// One of them alone, verified. Errors: InternalError if there is none of this name.
  void run_one(std::string_view name, Subject& subject, const Context&... context) const {
    run_watched(position(name), passes::kVerify, subject, context...);
  }

 private:
  void run_watched(std::size_t i, unsigned instruments, Subject& subject, const Context&... context) const {
    using Clock = std::chrono::steady_clock;
    const bool verifies = (instruments & passes::kVerify) != 0;
    const Subject before = verifies ? subject : Subject();
    const Clock::time_point begun = Clock::now();
    passes_[i].run(subject, context...);
    if ((instruments & passes::kTime) != 0) {
      entry(i).nanoseconds.fetch_add(std::chrono::nanoseconds(Clock::now() - begun).count(), std::memory_order_relaxed);
      entry(i).calls.fetch_add(1, std::memory_order_relaxed);
    }
    if (!verifies) return;
    if (const Status ok = verify_(subject); !ok) fail(entry(i), ok.message(), print_(before), print_(subject));
  }

  std::vector<Pass> passes_;
  Verify verify_;
  Print print_;
};

}  // namespace tilewright
