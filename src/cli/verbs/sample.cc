#include <ctime>
#include <optional>

#include "cli/output.h"
#include "cli/output_files.h"
#include "cli/space_arguments.h"
#include "cli/verb.h"
#include "driver/machine.h"
#include "driver/target.h"
#include "records/records.h"
#include "schedule/codec.h"

namespace tilewright::cli {
namespace {

struct SampleFlags {
  SpaceArguments space;
  int count = 10;
  std::string records;
};

/// A record that says nothing of time, so that others can replay the schedule.
task::Record unmeasured(const task::Task& task, const driver::Sample& sample, const target::TargetSpec& target,
                        int threads) {
  task::Record record;
  record.workload_key = task.key;
  record.target = target.fingerprint();
  record.threads = threads;
  record.steps = sample.steps;
  record.result.error = task::ErrorKind::unknown;
  record.result.error_text = task::kNotMeasured;
  record.unix_time = std::time(nullptr);
  return record;
}

int sample(const SampleFlags& flags, const Common& common) {
  const driver::SpaceRequest request = flags.space.request(common);
  const driver::Samples drawn = driver::draw_samples(request, flags.count);
  std::optional<records::RecordWriter> writer;
  if (!flags.records.empty()) writer.emplace(flags.records, patience(common));
  const target::TargetSpec target = driver::parse_target(request.target);
  nlohmann::json rows = nlohmann::json::array();
  int legal = 0;
  for (const driver::Sample& s : drawn.samples) {
    legal += s.legal ? 1 : 0;
    if (writer && s.legal) writer->append(unmeasured(drawn.task, s, target, driver::resolve_threads(common.threads)));
    if (!common.json)
      fmt::print("{}{}\n{}\n", s.printed, schedule::to_json(s.steps).dump(), s.legal ? "" : s.reason + "\n");
    rows.push_back({{"steps", schedule::to_json(s.steps)}, {"legal", s.legal}, {"reason", s.reason}});
  }
  if (common.json)
    print_json({{"states", std::move(rows)}});
  else
    fmt::print("{} of {} samples are legal\n", legal, drawn.samples.size());
  return 0;
}

}  // namespace

Action declare_sample(CLI::App& command) {
  const auto flags = std::make_shared<SampleFlags>();
  add_space_arguments(command, flags->space);
  command.add_option("--count", flags->count, "samples to draw")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--records", flags->records, "record file to append the legal ones to, unmeasured")
      ->type_name("FILE");
  return [flags](const Common& common) { return sample(*flags, common); };
}

}  // namespace tilewright::cli
