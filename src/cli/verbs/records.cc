#include "base/rewrite.h"
#include "cli/format.h"
#include "cli/model_arguments.h"
#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/verb.h"
#include "driver/model.h"
#include "records/selection.h"
#include "schedule/codec.h"

namespace tilewright::cli {
namespace {

using records::RecordGroup;
using records::Selection;

struct RecordsFlags {
  std::vector<std::filesystem::path> files;
  std::filesystem::path output;
  std::string workload, workload_key;
  int keep = 10;
};

/// What an operation came to, and what is written of it.
struct Product {
  Selection selection;
  std::string text;
};

/// One thing to do with record files.
struct Operation {
  const char* name;
  const char* summary;
  const char* example;
  void (*declare)(CLI::App& command, RecordsFlags& flags);
  Product (*run)(const RecordsFlags& flags);
  bool rewrites;  ///< the output may be the input itself: it stays a record file of ours
};

nlohmann::json to_json(const Selection& selection) {
  nlohmann::json rows = nlohmann::json::array();
  for (const RecordGroup& group : records::group(selection.records)) {
    nlohmann::json row = {{"key", group.workload_key},       {"target", group.target}, {"threads", group.threads},
                          {"records", group.members.size()}, {"valid", group.valid},   {"best_s", nullptr}};
    if (group.valid > 0) {
      const task::Record& best = selection.records[group.members[0]];
      row["best_s"] = best.result.time_s();
      row["steps"] = schedule::to_json(best.steps);
    }
    rows.push_back(std::move(row));
  }
  return {{"records", selection.records.size()}, {"skipped", selection.skipped}, {"workloads", std::move(rows)}};
}

void print_text(const Selection& selection) {
  for (const RecordGroup& group : records::group(selection.records)) {
    const std::string best =
        group.valid > 0 ? run_time(selection.records[group.members[0]].result.time_s()) : "none ran";
    fmt::print("{:>6} records, {:>6} ran, best {:>10}  {} on {} ({} threads)\n", group.members.size(), group.valid,
               best, fitted(group.workload_key, 48), fitted(group.target, 32), group.threads);
  }
  for (const auto& [reason, count] : selection.skipped) fmt::print("{:>6} skipped: {}\n", count, reason);
  fmt::print("{} records\n", selection.records.size());
}

void declare_file(CLI::App& command, RecordsFlags& flags) {
  command.add_option("FILE", flags.files, "record file, ours or TVM's")->required()->expected(1);
}

void declare_output(CLI::App& command, RecordsFlags& flags) {
  command.add_option("-o,--output", flags.output, "file to write")->required()->type_name("FILE");
}

void declare_file_and_output(CLI::App& command, RecordsFlags& flags) {
  declare_file(command, flags);
  declare_output(command, flags);
}

void declare_best(CLI::App& command, RecordsFlags& flags) {
  declare_file(command, flags);
  command.add_option("-o,--output", flags.output, "file to write them to")->type_name("FILE");
}

void declare_merge(CLI::App& command, RecordsFlags& flags) {
  command.add_option("FILE", flags.files, "record files")->required();
  declare_output(command, flags);
}

void declare_prune(CLI::App& command, RecordsFlags& flags) {
  declare_file_and_output(command, flags);
  command.add_option("--keep", flags.keep, "records to keep of each workload, target and number of threads")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
}

void declare_import(CLI::App& command, RecordsFlags& flags) {
  declare_file_and_output(command, flags);
  command.add_option("--workload", flags.workload, "what the schedules compute: a workload or an ONNX model")
      ->required();
}

void declare_export(CLI::App& command, RecordsFlags& flags) {
  declare_file_and_output(command, flags);
  command.add_option("--workload-key", flags.workload_key,
                     R"(TVM's name of the workload, as in '["matmul", 64, 64, 64]')");
}

Product as_records(Selection selection) {
  std::string text = records::to_text(selection.records);
  return {std::move(selection), std::move(text)};
}

Product list(const RecordsFlags& flags) { return {records::read_selection(flags.files[0]), ""}; }

Product best(const RecordsFlags& flags) {
  return as_records(records::fastest(records::read_selection(flags.files[0]), 1));
}

Product merge(const RecordsFlags& flags) { return as_records(records::merge(flags.files)); }

Product prune(const RecordsFlags& flags) {
  return as_records(records::fastest(records::read_selection(flags.files[0]), flags.keep));
}

Product import(const RecordsFlags& flags) {
  return as_records(records::attach(records::read_selection(flags.files[0]),
                                    driver::tasks_of(flags.workload, graph::ImportOptions{})));
}

Product to_tvm(const RecordsFlags& flags) {
  const bool is_key =
      flags.workload_key.empty() || nlohmann::json::parse(flags.workload_key, nullptr, false).is_array();
  if (!is_key)
    throw Error(Code::usage, R"(--workload-key {} is not a JSON list such as ["matmul", 64, 64, 64])",
                flags.workload_key);
  Selection exported = records::without_packed_constants(records::read_selection(flags.files[0]));
  std::string text = records::to_tvm_text(exported.records, flags.workload_key);
  return {std::move(exported), std::move(text)};
}

bool is_output_read(const RecordsFlags& flags) {
  std::error_code none;
  return std::ranges::any_of(flags.files, [&](const auto& file) {
    return std::filesystem::is_regular_file(file, none) && std::filesystem::equivalent(file, flags.output, none);
  });
}

/// The output is kept from others from before anything is read: it may be the very file, which a search appends to.
Selection perform(const Operation& operation, const CLI::App& command, const RecordsFlags& flags,
                  const Common& common) {
  if (flags.output.empty()) return operation.run(flags).selection;
  keep_outputs_apart(command, {"--output"},
                     {{operation.rewrites ? "" : "FILE", "record file"}, {"--workload", "model"}});
  const bool is_rewritten = is_output_read(flags);
  if (is_rewritten) records::RecordWriter(flags.output, patience(common));  // refuses what holds no records
  const Rewrite output(flags.output, is_rewritten, patience(common));
  Product product = operation.run(flags);
  output.write(product.text);
  return std::move(product.selection);
}

constexpr Operation kOperations[] = {
    {"ls", "what a file holds, by workload, target and threads", "tilewright records ls model.jsonl", declare_file,
     list, false},
    {"best", "the fastest record of each workload", "tilewright records best model.jsonl -o best.jsonl", declare_best,
     best, true},
    {"merge", "several files as one, each state once",
     "tilewright records merge monday.jsonl tuesday.jsonl -o week.jsonl", declare_merge, merge, true},
    {"prune", "only the fastest records", "tilewright records prune week.jsonl --keep 20 -o small.jsonl", declare_prune,
     prune, true},
    {"import", "take over a TVM log for a workload of ours",
     "tilewright records import tvm.json --workload gmm_1024 -o mine.jsonl", declare_import, import, false},
    {"export", "write lines that TVM reads",
     R"(tilewright records export mine.jsonl --workload-key '["matmul", 64, 64, 64]' -o tvm.json)", declare_export,
     to_tvm, false},
};

}  // namespace

Action declare_records(CLI::App& command) {
  const auto flags = std::make_shared<RecordsFlags>();
  command.require_subcommand(1);
  std::vector<std::pair<CLI::App*, const Operation*>> declared;
  for (const Operation& operation : kOperations) {
    CLI::App* const own = command.add_subcommand(operation.name, operation.summary)->fallthrough();
    own->footer(fmt::format("Example:\n  {}", operation.example));
    operation.declare(*own, *flags);
    declared.emplace_back(own, &operation);
  }
  return [flags, declared](const Common& common) {
    for (const auto& [own, operation] : declared) {
      if (!own->parsed()) continue;
      const Selection selection = perform(*operation, *own, *flags, common);
      common.json ? print_json(to_json(selection)) : print_text(selection);
    }
    return 0;
  };
}

}  // namespace tilewright::cli
