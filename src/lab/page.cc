#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "lab/page_template.h"
#include "lab/report.h"

namespace tilewright::lab {
namespace {

using nlohmann::json;

/// Shares by round: sums over the runs of what `counts_of` picks, each round made to add up to 1. Rounds without any
/// are left out.
template <class F>
json shares_by_round(const std::vector<const Run*>& runs, const F& counts_of) {
  std::vector<std::vector<double>> rounds;
  for (const Run* run : runs)
    for (std::size_t r = 0; r < run->rounds.size(); ++r) {
      const std::vector<int>& counts = counts_of(run->rounds[r]);
      if (rounds.size() <= r) rounds.resize(r + 1);
      if (rounds[r].size() < counts.size()) rounds[r].resize(counts.size(), 0);
      for (std::size_t k = 0; k < counts.size(); ++k) rounds[r][k] += counts[k];
    }
  json out = json::array();
  for (std::vector<double>& round : rounds) {
    const double sum = std::accumulate(round.begin(), round.end(), 0.0);
    if (!(sum > 0)) continue;
    for (double& share : round) share = std::round(1e4 * share / sum) / 1e4;
    out.push_back(round);
  }
  return out;
}

json variant_of(const std::vector<const Run*>& runs) {
  json curves = json::array();
  std::array<double, 5> split{};
  for (const Run* run : runs) {
    json curve = json::array();
    for (const auto& point : run->curve) curve.push_back({point.trial, point.wall_s, point.best_s});
    curves.push_back({{"curve", std::move(curve)}});
    const double parts[] = {run->split.evolve_s, run->split.learn_s, run->split.compile_s, run->split.run_s,
                            run->split.other_s};
    for (std::size_t k = 0; k < split.size(); ++k) split[k] += parts[k] / static_cast<double>(runs.size());
  }
  return {{"name", runs.front()->key.variant},
          {"runs", std::move(curves)},
          {"split", split},
          {"sketches", shares_by_round(runs, [](const auto& round) -> auto& { return round.measured; })},
          {"moves", shares_by_round(runs, [](const auto& round) -> auto& { return round.attempts; })},
          {"moveNames", runs.front()->mutations}};
}

}  // namespace

std::string to_page(const Results& results) {
  const Layout layout = layout_of(results.runs);
  json panels = json::array();
  for (const std::string& input : layout.inputs)
    for (const std::string& space : layout.spaces) {
      json variants = json::array();
      for (const std::string& variant : layout.variants) {
        std::vector<const Run*> runs;
        for (const Run& run : results.runs)
          if (run.key.input == input && run.key.space == space && run.key.variant == variant) runs.push_back(&run);
        if (!runs.empty()) variants.push_back(variant_of(runs));
      }
      if (!variants.empty()) panels.push_back({{"input", input}, {"space", space}, {"variants", std::move(variants)}});
    }
  const Run& first = results.runs.front();
  const json data{{"suite", first.suite},
                  {"about", fmt::format("{} runs, {}, {} with {} threads, {} trials each.", results.runs.size(),
                                        first.mode, first.cpu, first.threads, first.trials)},
                  {"panels", std::move(panels)}};
  std::string text = data.dump(-1, ' ', false, json::error_handler_t::replace);
  for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos; at += 3) text.replace(at, 2, "<\\/");
  std::string page(kPage[0].second);
  const std::string_view mark = "@DATA@";
  page.replace(page.find(mark), mark.size(), text);
  return page;
}

}  // namespace tilewright::lab
