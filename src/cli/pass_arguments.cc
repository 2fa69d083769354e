#include "cli/pass_arguments.h"

#include "cli/format.h"
#include "driver/passes.h"

namespace tilewright::cli {

void PassArguments::apply(const Common& common) const {
  driver::switch_off_passes(without);
  passes::name_seed(common.seed);
  if (times) passes::time_each(true);
  if (verify) passes::verify_each(true);
}

void PassArguments::show_times(const Common& common, nlohmann::json& report) const {
  if (!times) return;
  const std::vector<PassTime> all = driver::pass_times();
  double total_s = 0;
  for (const PassTime& pass : all) total_s += pass.total_s;
  const auto share = [&](const PassTime& pass) { return total_s > 0 ? pass.total_s / total_s : 0; };
  if (common.json) {
    nlohmann::json& rows = report["pass_times"] = nlohmann::json::array();
    for (const PassTime& pass : all)
      rows.push_back({{"level", pass.level},
                      {"pass", pass.pass},
                      {"calls", pass.calls},
                      {"total_s", pass.total_s},
                      {"share", share(pass)}});
    return;
  }
  if (common.verbosity < 0) return;
  fmt::print(stderr, "{:6}  {:22}  {:>9}  {:>9}  {:>6}\n", "level", "pass", "calls", "time", "share");
  for (const PassTime& pass : all)
    fmt::print(stderr, "{:6}  {:22}  {:>9}  {:>9}  {:>6}\n", pass.level, pass.pass, pass.calls, run_time(pass.total_s),
               percent(share(pass)));
}

void add_pass_arguments(CLI::App& command, PassArguments& arguments) {
  command.add_flag("--pass-times", arguments.times, "how often each pass of the compiler ran, and how long in all");
  command.add_flag("--verify-passes", arguments.verify, "check the program after every pass (slow)");
}

void add_without_pass_option(CLI::App& command, PassArguments& arguments) {
  command.add_option("--without-pass", arguments.without, "leave out this pass of the compiler; may be repeated")
      ->type_name("PASS")
      ->allow_extra_args(false);
}

}  // namespace tilewright::cli
