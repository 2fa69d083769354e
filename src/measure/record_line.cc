#include <cmath>
#include <nlohmann/json.hpp>

#include "measure/records.h"
#include "schedule/codec.h"

namespace tilewright::measure {
namespace {

using nlohmann::json;

constexpr double kFailedCost = 1e10;

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// A target text that TVM accepts. A fingerprint is the CPU's name, a dash and a hash.
std::string tvm_target(const Record& record) {
  if (record.target.find(' ') != std::string::npos || record.target == "llvm")
    return record.target;  // it came from TVM
  return fmt::format("llvm -keys=cpu -mcpu={} -num-cores={}", record.target.substr(0, record.target.rfind('-')),
                     record.threads);
}

json task_to_json(const Record& record) {
  constexpr int kVectorBytes = 64, kCacheLineBytes = 64;
  const json hardware = {record.threads, kVectorBytes, kCacheLineBytes, 0, 0, 0, 0, 0};
  return json::array({record.workload_key, tvm_target(record), hardware, "", 0, json::array()});
}

json result_to_json(const Record& record) {
  const Measurement& result = record.result;
  const json costs = result.error == ErrorKind::none ? json(result.times_s) : json::array({kFailedCost});
  return json::array({costs, static_cast<int>(result.error), result.compile_s + result.run_s, record.unix_time});
}

json additions_to_json(const Record& record) {
  const Measurement& result = record.result;
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
  if (record.contest != 0) tw["contest"] = record.contest;
  if (!result.error_text.empty()) tw["error"] = result.error_text;
  return tw;
}

/// The line without its closing brace.
std::string open_line(const Record& record) {
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

Status read_task(const json& task, Record& record) {
  if (!item(task, 0).is_string() || !item(task, 1).is_string())
    return failure("the task has no workload key or no target");
  record.workload_key = item(task, 0).get<std::string>();
  record.target = item(task, 1).get<std::string>();
  const json& cores = item(item(task, 2), 0);
  if (cores.is_number_integer() && cores.get<std::int64_t>() >= 1 && cores.get<std::int64_t>() < 1 << 20) {
    record.threads = cores.get<int>();
  }
  return {};
}

Status read_result(const json& result, Record& record) {
  const json &costs = item(result, 0), &error = item(result, 1), &wall = item(result, 2), &time = item(result, 3);
  if (!costs.is_array() || !error.is_number_integer() || !wall.is_number() || !time.is_number_integer()) {
    return failure("the result is not [[costs], error number, wall time, unix time]");
  }
  const auto kind = error.get<std::int64_t>();
  if (kind < 0 || kind >= kErrorKinds) return failure("the result has an unknown error number");
  record.result.error = static_cast<ErrorKind>(kind);
  record.result.run_s = wall.get<double>();
  record.unix_time = time.get<std::int64_t>();
  if (kind != 0) return {};
  for (const json& cost : costs) {
    const double seconds = cost.is_number() ? cost.get<double>() : -1;
    if (!(seconds > 0) || !std::isfinite(seconds))
      return failure("the result has a cost that is not a positive number");
    record.result.times_s.push_back(seconds);
  }
  if (record.result.times_s.empty()) return failure("the result has no cost");
  return {};
}

template <class T>
void take(const json& value, T& out) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (value.is_string()) out = value.get<std::string>();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (value.is_boolean()) out = value.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    if (value.is_number_integer()) out = value.get<T>();
  } else {
    if (value.is_number()) out = value.get<T>();
  }
}

/// Additions are optional, each by itself: a later version may know more or fewer.
void read_additions(const json& tw, Record& record) {
  if (!tw.is_object()) return;
  take(field(tw, "fingerprint"), record.target);
  take(field(tw, "threads"), record.threads);
  take(field(tw, "compile_s"), record.result.compile_s);
  take(field(tw, "run_s"), record.result.run_s);
  take(field(tw, "pace"), record.result.pace);
  take(field(tw, "cut_short"), record.result.cut_short);
  take(field(tw, "same_code"), record.result.same_code);
  take(field(tw, "contest"), record.contest);
  if (const json& machine = field(tw, "machine"); machine.is_object()) {
    MachineCheck& trouble = record.result.trouble.emplace();
    take(field(machine, "speed"), trouble.speed);
    take(field(machine, "memory_speed"), trouble.memory_speed);
    take(field(machine, "noise"), trouble.noise);
  }
  take(field(tw, "error"), record.result.error_text);
}

}  // namespace

std::string to_tvm_line(const Record& record) { return open_line(record) + "}"; }

std::string to_line(const Record& record) {
  return fmt::format(R"({}, "tw": {}}})", open_line(record), dump(additions_to_json(record)));
}

Result<Record> from_line(std::string_view line) {
  const json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return failure("not JSON");
  if (!parsed.is_object()) return failure("not a tuning record");
  const json &input = field(parsed, "i"), &result = field(parsed, "r"), &version = field(parsed, "v");
  if (!input.is_array() || !result.is_array() || !version.is_string()) return failure("not a tuning record");
  if (version.get_ref<const std::string&>().rfind("v0.", 0) != 0) return failure("a record version other than v0");

  Record record;
  if (Status ok = read_task(item(input, 0), record); !ok) return ok.failure();
  if (Status ok = read_result(result, record); !ok) return ok.failure();
  Result<std::vector<schedule::Step>> steps = schedule::steps_from_json(item(item(input, 1), 1));
  if (!steps) return steps.failure();
  record.steps = std::move(*steps);
  read_additions(field(parsed, "tw"), record);
  return record;
}

}  // namespace tilewright::measure
