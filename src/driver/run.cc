#include "driver/run.h"

#include <chrono>

#include "driver/input.h"
#include "driver/machine.h"
#include "driver/model.h"
#include "target/host.h"

namespace tilewright::driver {

RunReport run(const RunRequest& request) {
  graph::ImportOptions import = request.import;
  if (kind_of(request.input) == InputKind::onnx) import.fed = shapes_of(request.inputs);
  const runtime::Model model =
      obtain_model(request.input, import, request.schedules, target::host_target(), resolve_threads(request.threads));
  const NamedTensors inputs = request.inputs.empty() ? random_inputs(model.inputs(), request.seed)
                                                     : read_tensors(request.inputs, model.inputs());
  const NamedTensors expected = read_tensors(request.expected, model.outputs());
  runtime::ThreadPool pool({.threads = request.threads});

  RunReport report;
  report.outputs = model.outputs();
  const auto begin = std::chrono::steady_clock::now();
  const NamedTensors outputs = model.run(inputs, pool);
  report.run_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!request.output.empty()) write_npz(request.output, outputs);
  if (!request.expected.empty()) report.comparison = compare(outputs, expected, request.rtol, request.atol);
  return report;
}

}  // namespace tilewright::driver
