#include "base/json_text.h"
#include "records/records.h"
#include "schedule/codec.h"

namespace tilewright::records {
namespace {

using nlohmann::json;

constexpr double kFailedCost = 1e10, kLeastCost = 1e-12;  ///< seconds
constexpr double kLeastRatio = 1e-6, kMostRatio = 1e6;
constexpr int kMostThreads = 1 << 20;
constexpr std::int64_t kMostTime = std::int64_t{1} << 62;  ///< in seconds or nanoseconds

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// A target text that TVM accepts. A fingerprint is the CPU's name, a dash and a hash.
std::string tvm_target(const task::Record& record) {
  if (record.target.find(' ') != std::string::npos || record.target == "llvm")
    return record.target;  // it came from TVM
  return fmt::format("llvm -keys=cpu -mcpu={} -num-cores={}", record.target.substr(0, record.target.rfind('-')),
                     record.threads);
}

json task_to_json(const task::Record& record) {
  constexpr int kVectorBytes = 64, kCacheLineBytes = 64;
  const json hardware = {record.threads, kVectorBytes, kCacheLineBytes, 0, 0, 0, 0, 0};
  return json::array({record.workload_key, tvm_target(record), hardware, "", 0, json::array()});
}

json result_to_json(const task::Record& record) {
  const task::Measurement& result = record.result;
  const json costs = result.error == task::ErrorKind::none ? json(result.times_s) : json::array({kFailedCost});
  return json::array({costs, static_cast<int>(result.error), result.compile_s + result.run_s, record.unix_time});
}

json additions_to_json(const task::Record& record) {
  const task::Measurement& result = record.result;
  json tw = {{"fingerprint", record.target},
             {"threads", record.threads},
             {"compile_s", result.compile_s},
             {"run_s", result.run_s}};
  if (result.pace != 1) tw["pace"] = result.pace;
  if (result.cut_short) tw["cut_short"] = true;
  if (result.same_code) tw["same_code"] = true;
  if (result.trouble)
    tw["machine"] = {{"speed", result.trouble->speed},
                     {"memory_speed", result.trouble->memory_speed},
                     {"noise", result.trouble->noise}};
  if (record.remeasurement != 0) tw["contest"] = record.remeasurement;
  if (!result.error_text.empty()) tw["error"] = result.error_text;
  return tw;
}

/// The line without its closing brace.
std::string open_line(const task::Record& record) {
  const json state = json::array({json::array(), schedule::to_json(record.steps)});
  return fmt::format(R"({{"i": {}, "r": {}, "v": "v0.6")", dump(json::array({task_to_json(record), state})),
                     dump(result_to_json(record)));
}

/// Element `i` of an array, or null (the JSON value) when there is none.
const json& item(const json& array, std::size_t i) {
  static const json none;
  return array.is_array() && i < array.size() ? array[i] : none;
}

const json& field(const json& object, const char* key) {
  static const json none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

// A value of another type or range is as good as none: `out` stays as it is.

void take(const json& value, std::string& out) {
  if (value.is_string()) out = value.get<std::string>();
}

void take(const json& value, bool& out) {
  if (value.is_boolean()) out = value.get<bool>();
}

template <class Integer>
void take(const json& value, Integer& out, Integer least, Integer most) {
  if (is_whole(value, least, most)) out = value.get<Integer>();
}

void take(const json& value, double& out, double least, double most) {
  if (is_real(value, least, most)) out = value.get<double>();
}

Status read_task(const json& task, task::Record& record) {
  if (!item(task, 0).is_string() || !item(task, 1).is_string())
    return failure("the task has no workload key or no target");
  record.workload_key = item(task, 0).get<std::string>();
  record.target = item(task, 1).get<std::string>();
  take(item(item(task, 2), 0), record.threads, 1, kMostThreads);
  return {};
}

Status read_result(const json& result, task::Record& record) {
  const json &costs = item(result, 0), &error = item(result, 1), &wall = item(result, 2), &time = item(result, 3);
  if (!costs.is_array() || !error.is_number_integer() || !wall.is_number() || !time.is_number_integer()) {
    return failure("the result is not [[costs], error number, wall time, unix time]");
  }
  if (!is_whole(error, 0, task::kErrorKinds - 1)) return failure("the result has an unknown error number");
  record.result.error = static_cast<task::ErrorKind>(error.get<int>());
  take(wall, record.result.run_s, 0, kFailedCost);
  take(time, record.unix_time, std::int64_t{0}, kMostTime);
  if (record.result.error != task::ErrorKind::none) return {};
  for (const json& cost : costs) {
    if (!is_real(cost, kLeastCost, kFailedCost)) return failure("the result has a cost that is not a positive number");
    record.result.times_s.push_back(cost.get<double>());
  }
  if (record.result.times_s.empty()) return failure("the result has no cost");
  return {};
}

/// Additions are optional, each by itself: a later version may know more or fewer.
void read_additions(const json& tw, task::Record& record) {
  if (!tw.is_object()) return;
  take(field(tw, "fingerprint"), record.target);
  take(field(tw, "threads"), record.threads, 1, kMostThreads);
  take(field(tw, "compile_s"), record.result.compile_s, 0, kFailedCost);
  take(field(tw, "run_s"), record.result.run_s, 0, kFailedCost);
  take(field(tw, "pace"), record.result.pace, kLeastRatio, kMostRatio);
  take(field(tw, "cut_short"), record.result.cut_short);
  take(field(tw, "same_code"), record.result.same_code);
  take(field(tw, "contest"), record.remeasurement, std::int64_t{0}, kMostTime);
  if (const json& machine = field(tw, "machine"); machine.is_object()) {
    task::MachineCheck& trouble = record.result.trouble.emplace();
    take(field(machine, "speed"), trouble.speed, 0, kMostRatio);
    take(field(machine, "memory_speed"), trouble.memory_speed, 0, kMostRatio);
    take(field(machine, "noise"), trouble.noise, 0, kMostRatio);
  }
  take(field(tw, "error"), record.result.error_text);
}

}  // namespace

std::string to_tvm_line(const task::Record& record) { return open_line(record) + "}"; }

std::string to_line(const task::Record& record) {
  return fmt::format(R"({}, "tw": {}}})", open_line(record), dump(additions_to_json(record)));
}

Result<task::Record> from_line(std::string_view line) {
  const Result<json> parsed = parse_json(line);
  if (!parsed) return parsed.failure();
  if (!parsed->is_object()) return failure("not a tuning record");
  const json &input = field(*parsed, "i"), &result = field(*parsed, "r"), &version = field(*parsed, "v");
  if (!input.is_array() || !result.is_array() || !version.is_string()) return failure("not a tuning record");
  if (version.get_ref<const std::string&>().rfind("v0.", 0) != 0) return failure("a record version other than v0");

  task::Record record;
  if (Status ok = read_task(item(input, 0), record); !ok) return ok.failure();
  if (Status ok = read_result(result, record); !ok) return ok.failure();
  Result<std::vector<schedule::Step>> steps = schedule::steps_from_json(item(item(input, 1), 1));
  if (!steps) return steps.failure();
  record.steps = std::move(*steps);
  read_additions(field(*parsed, "tw"), record);
  return record;
}

}  // namespace tilewright::records
