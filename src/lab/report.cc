#include "lab/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/quantile.h"
#include "lab/statistics.h"

namespace tilewright::lab {
namespace {

constexpr double kNoisy = 0.15;  ///< default schedules vary more than this: the machine was not quiet

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

std::string text(const Interval& i) { return fmt::format("{:.2f} ({:.2f}–{:.2f})", i.value, i.low, i.high); }

std::string header(const Results& results, const Layout& layout, const std::string& command) {
  const Run& first = results.runs.front();
  std::string out = fmt::format("# Results of the suite {}\n\n", first.suite);
  out += fmt::format(
      "{} runs, {} on {} with {} threads: {} inputs, spaces {}, {} trials each. Baseline: `{}`. Made by\n\n    {}\n\n",
      results.runs.size(), first.mode == "live" ? "measured live" : "replayed from records", first.cpu, first.threads,
      layout.inputs.size(), fmt::join(layout.spaces, " and "), first.trials, layout.variants.front(), command);
  if (first.mode == "live") {
    const double spread = noise_of_runs(results.runs);
    out += fmt::format(
        "The default schedule of an input is measured in every run; its time varies by up to {:.0f} %.{}\n\n",
        100 * spread, spread > kNoisy ? " **The machine was noisy: small differences mean nothing.**" : "");
    out += fmt::format(
        "Winners were timed again, in turns by one timer, on {} of {} inputs; all times of their runs are scaled to "
        "that.\n\n",
        results.judged.size(), layout.inputs.size());
  }
  out +=
      "Ratios are variant / baseline, geometric means over inputs, with 95 % bootstrap intervals over seeds. *Time* "
      "and\n"
      "*trials*: until the baseline's median final quality, below 1 is better; a run that never gets there counts with "
      "all\n"
      "it had, *reached* says how many did (variant, baseline). *Speed*: of the best program after all trials; *on the "
      "way*:\n"
      "of the best so far, averaged over the trials; above 1 is better.\n\n";
  return out;
}

std::string summary_table(const Results& results, const Layout& layout, const std::string& space,
                          std::vector<Comparison>& comparisons) {
  std::string out = fmt::format(
      "## Space {}\n\n| variant | time | trials | speed | on the way | reached |\n|---|---|---|---|---|---|\n", space);
  for (std::size_t v = 1; v < layout.variants.size(); ++v) {
    const Comparison c = compare(results.runs, space, layout.variants.front(), layout.variants[v]);
    if (c.inputs == 0) continue;
    out += fmt::format("| {} | {} | {} | {} | {} | {} of {}, {} |\n", c.variant, text(c.time), text(c.trials),
                       text(c.speed), text(c.area), c.reached, c.runs, c.baseline_reached);
    comparisons.push_back(c);
  }
  return out + "\n";
}

/// What the intervals allow to say.
std::string verdicts(const std::vector<Comparison>& comparisons) {
  std::string out = "## What is more than chance\n\n";
  for (const Comparison& c : comparisons) {
    std::vector<std::string> better, worse;
    const auto judge = [&](const Interval& i, bool low_is_good, const char* name) {
      if (low_is_good ? i.below(1) : i.above(1)) better.emplace_back(name);
      if (low_is_good ? i.above(1) : i.below(1)) worse.emplace_back(name);
    };
    judge(c.time, true, "time"), judge(c.trials, true, "trials");
    judge(c.speed, false, "speed"), judge(c.area, false, "on the way");
    out += fmt::format(
        "- `{}`, {}: {}{}{}\n", c.variant, c.space,
        better.empty() ? "" : fmt::format("better in {}", fmt::join(better, ", ")),
        worse.empty() ? "" : fmt::format("{}worse in {}", better.empty() ? "" : "; ", fmt::join(worse, ", ")),
        better.empty() && worse.empty() ? "no difference that the intervals would bear" : "");
  }
  return out + "\n";
}

std::string input_table(const Results& results, const Layout& layout) {
  std::string out =
      "## Every input\n\n| input | space | variant | best, median over seeds | GFLOP/s | time | speed |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const std::string& input : layout.inputs)
    for (const std::string& space : layout.spaces)
      for (const std::string& variant : layout.variants) {
        std::vector<double> times;
        double flops = 0;
        for (const Run& run : results.runs)
          if (run.key.input == input && run.key.space == space && run.key.variant == variant)
            times.push_back(run.best_s), flops = run.flops;
        if (times.empty()) continue;
        const double median_s = median(std::move(times));
        const Comparison c = compare(results.runs, space, layout.variants.front(), variant, input);
        const bool base = variant == layout.variants.front();
        out += fmt::format("| {} | {} | {} | {:.4g} µs | {:.1f} | {} | {} |\n", input, space, variant, 1e6 * median_s,
                           1e-9 * flops / median_s, base ? "" : text(c.time), base ? "" : text(c.speed));
      }
  return out + "\n";
}

std::string time_table(const Results& results, const Layout& layout) {
  std::string out =
      "## Where the time went\n\n| variant | space | a run | evolve | learn | compile | measure | other | children "
      "better than "
      "their parent | trials in the sketch of the best |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const std::string& space : layout.spaces)
    for (const std::string& variant : layout.variants) {
      double runs = 0, wall = 0, evolve = 0, learn = 0, compile = 0, measure = 0, other = 0, tried = 0, better = 0;
      double in_sketches = 0, in_best = 0;
      for (const Run& run : results.runs) {
        if (run.key.space != space || run.key.variant != variant) continue;
        ++runs, wall += run.wall_s, evolve += run.split.evolve_s, learn += run.split.learn_s;
        compile += run.split.compile_s, measure += run.split.run_s, other += run.split.other_s;
        for (const auto& round : run.rounds) {
          tried += std::accumulate(round.attempts.begin(), round.attempts.end(), 0.0);
          better += std::accumulate(round.better.begin(), round.better.end(), 0.0);
          if (run.best_sketch < 0) continue;
          in_sketches += std::accumulate(round.measured.begin(), round.measured.end(), 0.0);
          in_best += round.measured.at(static_cast<std::size_t>(run.best_sketch));
        }
      }
      if (runs == 0) continue;
      const auto share = [](double part, double whole) {
        return whole > 0 ? fmt::format("{:.1f} %", 100 * part / whole) : std::string();
      };
      out += fmt::format("| {} | {} | {:.2f} s | {} | {} | {} | {} | {} | {} | {} |\n", variant, space, wall / runs,
                         share(evolve, wall), share(learn, wall), share(compile, wall), share(measure, wall),
                         share(other, wall), share(better, tried), share(in_best, in_sketches));
    }
  return out;
}

}  // namespace

Layout layout_of(const std::vector<Run>& runs) {
  Layout layout;
  for (const Run& run : runs) {
    add_once(layout.inputs, run.key.input);
    add_once(layout.spaces, run.key.space);
    add_once(layout.variants, run.key.variant);
  }
  return layout;
}

std::string to_markdown(const Results& results, const std::string& command) {
  const Layout layout = layout_of(results.runs);
  std::vector<Comparison> comparisons;
  std::string tables;
  for (const std::string& space : layout.spaces) tables += summary_table(results, layout, space, comparisons);
  return header(results, layout, command) + tables + verdicts(comparisons) + input_table(results, layout) +
         time_table(results, layout);
}

}  // namespace tilewright::lab
