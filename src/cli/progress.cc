#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/interruption.h"
#include "cli/format.h"

namespace tilewright::cli {
namespace {

using Clock = std::chrono::steady_clock;

int failed_trials(const search::Progress& progress) {
  int failed = 0;
  for (const auto& [kind, trials] : progress.errors) failed += trials;
  return failed;
}

/// Task name and shape, best speed and share of peak, trials and their rate, time left.
std::string line(const search::Progress& progress, double peak_gflops, int task_width) {
  const double gflops = progress.task.gflops();
  const int failed = failed_trials(progress);
  constexpr int kNoLimit = 1'000'000'000;
  const std::string limit = progress.trials_total < kNoLimit ? fmt::format("/{}", progress.trials_total) : "";
  return fmt::format("[{}/{}] {} {:>6.1f} GFLOP/s {:>5} of peak | {}{} trials{} | {:.1f}/s | {} left",
                     progress.task_index + 1, progress.tasks, fitted(progress.task.description, task_width), gflops,
                     peak_gflops > 0 ? percent(gflops / peak_gflops) : "?", progress.trials, limit,
                     failed > 0 ? fmt::format(", {} failed", failed) : "", progress.trials_per_s,
                     wall_time(progress.time_left_s));
}

/// True once per `seconds`, at most.
class Pace {
 public:
  explicit Pace(double seconds) : interval_(seconds) {}
  bool due() {
    const Clock::time_point now = Clock::now();
    if (shown_ != Clock::time_point{} && std::chrono::duration<double>(now - shown_).count() < interval_) return false;
    shown_ = now;
    return true;
  }

 private:
  double interval_;
  Clock::time_point shown_{};
};

class LiveProgress : public search::Observer {
 public:
  explicit LiveProgress(double peak_gflops) : peak_gflops_(peak_gflops) {}
  ~LiveProgress() override { clear(); }
  void on_trial(const search::Progress& progress, const task::Measurement&) override {
    if (!pace_.due()) return;
    constexpr int kOtherColumns = 78;
    const std::string text = line(progress, peak_gflops_, std::clamp(columns() - kOtherColumns, 16, 48));
    say(fmt::format("\r{}\x1b[K", text));
    std::fflush(stderr);
    shown_ = true;
  }
  void on_note(const std::string& text) override {
    clear();
    say(fmt::format("note: {}\n", text));
  }

 private:
  static int columns() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 120;
  }
  void clear() {
    if (shown_) say("\r\x1b[K");
    shown_ = false;
  }

  double peak_gflops_;
  Pace pace_{0.1};
  bool shown_ = false;
};

class PlainProgress : public search::Observer {
 public:
  explicit PlainProgress(double peak_gflops) : peak_gflops_(peak_gflops) {}
  void on_round(const search::Progress& progress) override {
    if (pace_.due()) say(fmt::format("{}\n", line(progress, peak_gflops_, 48)));
  }
  void on_note(const std::string& text) override { say(fmt::format("note: {}\n", text)); }

 private:
  double peak_gflops_;
  Pace pace_{5};
};

/// Events `task`, `round` and `note`; times in seconds, speeds in GFLOP/s.
class JsonProgress : public search::Observer {
 public:
  explicit JsonProgress(double peak_gflops) : peak_gflops_(peak_gflops) {}
  void on_task(const search::TaskResult& task, int index, int tasks) override {
    print({{"event", "task"}, {"task", index}, {"tasks", tasks}, {"workload", task.description}});
  }
  void on_round(const search::Progress& progress) override {
    const double gflops = progress.task.gflops();
    print({{"event", "round"},
           {"task", progress.task_index},
           {"tasks", progress.tasks},
           {"workload", progress.task.description},
           {"best_s", progress.task.best_s},
           {"gflops", gflops},
           {"share_of_peak", peak_gflops_ > 0 ? gflops / peak_gflops_ : 0},
           {"trials", progress.trials},
           {"trials_total", progress.trials_total},
           {"trials_per_s", progress.trials_per_s},
           {"wall_s", progress.wall_s},
           {"time_left_s", progress.time_left_s},
           {"total_best_s", progress.total_best_s},
           {"errors", progress.errors}});
  }
  void on_note(const std::string& text) override { print({{"event", "note"}, {"text", text}}); }

 private:
  static void print(const nlohmann::json& event) {
    say(fmt::format("{}\n", event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  }
  double peak_gflops_;
};

}  // namespace

void say(const std::string& text) {
  wait_until_writable(STDERR_FILENO);
  std::fputs(text.c_str(), stderr);
}

ProgressStyle progress_style(const std::string& name) {
  if (name == "auto") return isatty(STDERR_FILENO) ? ProgressStyle::live : ProgressStyle::plain;
  if (name == "plain") return ProgressStyle::plain;
  if (name == "json") return ProgressStyle::json;
  if (name == "none") return ProgressStyle::none;
  throw Error(Code::usage, "'{}' is no way to show progress; known are auto, plain, json and none", name);
}

std::unique_ptr<search::Observer> make_progress(ProgressStyle style, double peak_gflops) {
  switch (style) {
    case ProgressStyle::live:
      return std::make_unique<LiveProgress>(peak_gflops);
    case ProgressStyle::plain:
      return std::make_unique<PlainProgress>(peak_gflops);
    case ProgressStyle::json:
      return std::make_unique<JsonProgress>(peak_gflops);
    case ProgressStyle::none:
      break;
  }
  return std::make_unique<search::Observer>();
}

}  // namespace tilewright::cli
