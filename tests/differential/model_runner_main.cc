// Checks, compiles and runs many models in one process, as the verbs of the command line do: for the differential run
// (README.md), where a process for each model would take longer than the models.
//
// Standard input: one folder a line, with model.onnx and, if the model has inputs, in.npz. Writes model.tw and out.npz
// there, and answers one JSON line: {"check": can it be compiled, "missing": reasons, "code": exit code of compiling
// and running, "message": of the error}.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "driver/compile.h"
#include "driver/run.h"
#include "graph/onnx_import.h"

namespace {

using namespace tilewright;
using nlohmann::json;

/// The exit code with which a verb that does `action` ends; its message goes to `answer`.
template <class Action>
int exit_code(const Action& action, json& answer) {
  try {
    action();
    return 0;
  } catch (const Error& error) {
    answer["message"] = error.what();
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    answer["message"] = error.what();
    return static_cast<int>(Code::internal);
  }
}

void check(const std::filesystem::path& model, json& answer) {
  const graph::ModelCheck found = graph::check_onnx(model);
  answer["check"] = found.supported();
  for (const graph::MissingFeature& missing : found.missing)
    answer["missing"].push_back(missing.op + ": " + missing.reason);
}

void compile_and_run(const std::filesystem::path& folder) {
  const compile::ScheduleChoice untuned{.tuned = false, .records = {}, .algorithms = {}};
  driver::CompileRequest compile;
  compile.input = folder / "model.onnx";
  compile.schedules = untuned;
  compile.threads = 1;
  compile.output = folder / "model.tw";
  driver::compile(compile);

  driver::RunRequest run;
  run.input = compile.output;
  run.schedules = untuned;
  run.threads = 1;
  if (std::filesystem::exists(folder / "in.npz")) run.inputs = {folder / "in.npz"};
  run.output = folder / "out.npz";
  driver::run(run);
}

json answer_to(const std::filesystem::path& folder) {
  json answer = {{"check", false}, {"missing", json::array()}, {"message", ""}};
  answer["check_code"] = exit_code([&] { check(folder / "model.onnx", answer); }, answer);
  answer["code"] = exit_code([&] { compile_and_run(folder); }, answer);
  return answer;
}

}  // namespace

int main() {
  for (std::string folder; std::getline(std::cin, folder);) {
    std::cout << answer_to(folder).dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
  return 0;
}
