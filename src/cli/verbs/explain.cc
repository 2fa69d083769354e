#include "driver/explain.h"

#include <cmath>

#include "base/error.h"
#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/pass_arguments.h"
#include "cli/schedule_arguments.h"
#include "cli/space_arguments.h"
#include "cli/verb.h"
#include "schedule/codec.h"

namespace tilewright::cli {
namespace {

using driver::Bound;
using driver::Explanation;

constexpr Bound kBounds[] = {Bound::compute, Bound::l1, Bound::l2, Bound::l3, Bound::memory};

struct ExplainFlags {
  ModelArguments model;
  ScheduleArguments schedules;
  PassArguments passes;
  std::string record, target = "host";
  bool policies = false;
};

nlohmann::json to_json(const driver::PolicyOpinions& opinions) {
  nlohmann::json moves = nlohmann::json::array();
  for (const driver::MoveOpinion& move : opinions.moves)
    moves.push_back({{"name", move.name},
                     {"chance", move.chance},
                     {"gain", move.gain},
                     {"odds", move.odds},
                     {"reasons", move.reasons}});
  nlohmann::json factors = nlohmann::json::array();
  for (const driver::FactorOpinion& move : opinions.factors)
    factors.push_back({{"axis", move.axis},
                       {"role", move.role},
                       {"factor", move.factor},
                       {"from", move.from},
                       {"to", move.to},
                       {"gain", move.gain},
                       {"reasons", move.reasons}});
  return {{"moves", std::move(moves)},
          {"factors", std::move(factors)},
          {"sketch_shares", opinions.sketch_shares},
          {"sketch", opinions.sketch}};
}

nlohmann::json to_json(const Explanation& e) {
  nlohmann::json cycles = nlohmann::json::object();
  for (Bound bound : kBounds) cycles[std::string(driver::name_of(bound))] = e.cycles[static_cast<int>(bound)];
  nlohmann::json row = {{"workload", e.task.description},
                        {"key", e.task.key},
                        {"count", e.task.count},
                        {"flops", e.task.flops},
                        {"tuned", e.tuned},
                        {"steps", schedule::to_json(e.steps)},
                        {"printed", e.printed},
                        {"program", e.program},
                        {"hot_loop",
                         {{"assembly", e.hot_loop.assembly},
                          {"instructions", e.hot_loop.instructions},
                          {"fmas", e.hot_loop.fmas},
                          {"fma_density", e.hot_loop.fma_density()},
                          {"loads", e.hot_loop.loads},
                          {"stores", e.hot_loop.stores},
                          {"stack_accesses", e.hot_loop.stack_accesses},
                          {"flops", e.hot_loop.flops},
                          {"vector_bytes", e.hot_loop.vector_bytes}}},
                        {"bytes_per_flop",
                         {{"L1", e.hot_loop.bytes_per_flop()},
                          {"L2", e.bytes_per_flop[0]},
                          {"L3", e.bytes_per_flop[1]},
                          {"memory", e.bytes_per_flop[2]}}},
                        {"cycles", std::move(cycles)},
                        {"bound", driver::name_of(e.bound)},
                        {"expected_share_of_peak", e.expected_share_of_peak},
                        {"time_s", nullptr}};
  if (e.policies) row["policies"] = to_json(*e.policies);
  if (e.record && e.record->result.error == task::ErrorKind::none) row["time_s"] = e.record->result.time_s();
  return row;
}

std::string origin_of(const Explanation& e) {
  if (!e.record) return e.tuned ? "the best record's schedule" : "default schedule";
  if (e.record->result.error != task::ErrorKind::none) return "failed: " + e.record->result.error_text;
  const double time_s = e.record->result.time_s();
  return fmt::format("{}, {:.1f} GFLOP/s on {} with {} threads", run_time(time_s), e.task.flops / time_s * 1e-9,
                     e.record->target, e.record->threads);
}

std::string text_of(const std::vector<std::pair<std::string, double>>& reasons) {
  std::string text;
  for (const auto& [feature, part] : reasons) text += fmt::format(" {} {:+.2f}", feature, part);
  return text;
}

void print_text(const driver::PolicyOpinions& opinions) {
  constexpr std::size_t kMoves = 8;
  fmt::print("sketches, by the trained policy's shares of a first batch:");
  for (std::size_t k = 0; k < opinions.sketch_shares.size(); ++k)
    fmt::print(" {}{}", percent(opinions.sketch_shares[k]),
               static_cast<int>(k) == opinions.sketch ? " (this one)" : "");
  fmt::print("\nmoves that the trained policy would try:\n  odds  better  what speaks for it (+) or against it (-)\n");
  for (std::size_t i = 0; i < std::min(kMoves, opinions.moves.size()); ++i) {
    const driver::MoveOpinion& move = opinions.moves[i];
    fmt::print("{:>6}  {:>6}  {:18}{}\n", percent(move.odds), percent(move.chance), move.name, text_of(move.reasons));
  }
  fmt::print("factors that it would move between tile levels (0: outermost):\n  speed  {:30}{}\n", "move",
             "what the change of one feature brings, log2");
  for (const driver::FactorOpinion& move : opinions.factors)
    fmt::print("{:>7}  {:30}{}\n", fmt::format("x {:.2f}", std::exp2(move.gain)),
               fmt::format("{} of {} ({}) {}>{}", move.factor, move.axis, move.role, move.from, move.to),
               text_of(move.reasons));
  fmt::print("\n");
}

void print_text(const Explanation& e, bool verbose) {
  fmt::print("{}: {}\n\n{}\n", e.task.description, origin_of(e), verbose ? e.program : e.printed);
  const cpu::HotLoop& loop = e.hot_loop;
  fmt::print("hot loop: {} instructions, {} FMAs ({}), {} loads, {} stores, {} of them in the stack frame\n{}\n",
             loop.instructions, loop.fmas, percent(loop.fma_density()), loop.loads, loop.stores, loop.stack_accesses,
             loop.assembly);
  fmt::print("bytes per FLOP: {:.3g} from L1 (hot loop), {:.3g} from L2, {:.3g} from L3, {:.3g} from memory\n",
             loop.bytes_per_flop(), e.bytes_per_flop[0], e.bytes_per_flop[1], e.bytes_per_flop[2]);
  fmt::print("bound: {}; cycles by the model:", driver::name_of(e.bound));
  for (Bound bound : kBounds) fmt::print(" {} {:.3g}", driver::name_of(bound), e.cycles[static_cast<int>(bound)]);
  fmt::print("; {} of peak expected\n\n", percent(e.expected_share_of_peak));
  if (e.policies) print_text(*e.policies);
}

int explain(const ExplainFlags& flags, const Common& common) {
  flags.passes.apply(common);
  driver::ExplainRequest request;
  request.input = flags.model.input;
  request.import = flags.model.import;
  request.target = flags.target;
  request.threads = common.threads;
  request.policies = flags.policies;
  if (!flags.record.empty())
    request.record = driver::parse_record_place(flags.record);
  else if (request.input.empty())
    throw Error(Code::usage, "name an INPUT or a record with --record FILE:LINE; see tilewright explain --help");
  else
    request.schedules = flags.schedules.choice();
  const std::vector<Explanation> explanations = driver::explain(request);
  nlohmann::json rows = nlohmann::json::array();
  for (const Explanation& explanation : explanations) {
    if (common.json)
      rows.push_back(to_json(explanation));
    else
      print_text(explanation, common.verbosity > 0);
  }
  nlohmann::json json{{"target", flags.target}, {"tasks", std::move(rows)}};
  flags.passes.show_times(common, json);
  if (common.json) print_json(json);
  return 0;
}

}  // namespace

Action declare_explain(CLI::App& command) {
  const auto flags = std::make_shared<ExplainFlags>();
  add_model_arguments(command, "INPUT", flags->model);
  command.get_option("INPUT")->required(false);
  add_schedule_arguments(command, flags->schedules);
  command.add_option("--record", flags->record, "explain this record; without INPUT, of a named workload")
      ->excludes("--records")
      ->excludes("--untuned")
      ->type_name("FILE:LINE");
  add_target_option(command, flags->target);
  add_pass_arguments(command, flags->passes);
  add_without_pass_option(command, flags->passes);
  command.add_flag("--policies", flags->policies, "what the trained search policies would try next, and why");
  return [flags](const Common& common) { return explain(*flags, common); };
}

}  // namespace tilewright::cli
