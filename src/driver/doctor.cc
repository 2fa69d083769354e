#include "driver/doctor.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <thread>

#include "base/cores.h"
#include "driver/machine.h"
#include "driver/target.h"
#include "measure/runner/local_runner.h"
#include "records/records.h"
#include "space/search_space.h"
#include "target/host.h"

namespace tilewright::driver {
namespace {

Finding check_processor() {
  const target::TargetSpec target = target::host_target();
  Finding finding{"processor", Severity::ok, fmt::format("{}, vectors of {} bytes", target.cpu, target.vector_bytes),
                  ""};
  if (target.vector_bytes >= 32 && target.has_fma) return finding;
  finding.severity = Severity::warning;
  finding.found += ", no fused multiply-add";
  finding.mend = "kernels will be slow; on a virtual machine, pass the host's processor features through";
  return finding;
}

Finding check_vector_math() {
  void* const library = dlopen("libmvec.so.1", RTLD_NOW);
  if (library == nullptr)
    return {"vector math", Severity::problem, "libmvec.so.1 was not found", "install glibc 2.35 or newer for x86-64"};
  const bool complete = dlsym(library, "_ZGVeN16v_erff") != nullptr && dlsym(library, "_ZGVeN16v_tanhf") != nullptr;
  dlclose(library);
  if (complete) return {"vector math", Severity::ok, "libmvec has all functions needed", ""};
  return {"vector math", Severity::problem, "libmvec.so.1 lacks erff and tanhf", "install glibc 2.35 or newer"};
}

/// y = x + 1 on 4096 elements: through lowering, code generation, the worker, and the check of its result.
Finding check_candidate() {
  const te::Tensor x = te::placeholder({4096}, "x");
  const te::Tensor y = te::compute({4096}, "y", [&](std::span<const te::Expr> i) { return x(i[0]) + te::Expr(1.0f); });
  const task::Task task = task::make_task(te::Dag::make({x, y}), "x + 1");
  try {
    measure::LocalRunner::Options options;
    options.target = with_backend(target::host_target());
    measure::LocalRunner runner(options);
    const std::array programs{backend::ScheduledProgram(schedule::State::initial(task.dag), options.target)};
    const task::Measurement result = runner.measure(task, programs, std::numeric_limits<double>::infinity()).at(0);
    if (result.error == task::ErrorKind::none) return {"worker", Severity::ok, "a candidate was compiled and run", ""};
    return {"worker", Severity::problem, result.error_text, "run scripts/build again, or report this as a bug"};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return {"worker", Severity::problem, error.what(),
            "run scripts/build again; tilewright-worker belongs beside tilewright"};
  }
}

Finding check_cores() {
  const int available = available_cores();
  const int present = static_cast<int>(std::thread::hardware_concurrency());
  Finding finding{"cores", Severity::ok, fmt::format("{} of {} may be used", available, present), ""};
  if (available < present) {
    finding.severity = Severity::warning;
    finding.mend =
        "an affinity mask, a cgroup quota or TILEWRIGHT_NUM_THREADS limits them; records count for that many only";
  }
  return finding;
}

Finding check_memory() {
  const double gib =
      static_cast<double>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  Finding finding{"memory", Severity::ok, fmt::format("{:.1f} GiB free", gib), ""};
  if (gib < 1) {
    finding.severity = Severity::warning;
    finding.mend = "tuning takes up to 2 GiB; end other programs";
  }
  return finding;
}

/// The same loop timed several times over: what differs is what else the machine does.
Finding check_noise() {
  std::array<double, 5> speeds{};
  try {
    measure::MachineProbe probe(with_backend(target::host_target()), available_cores());
    for (double& speed : speeds) speed = probe.peak_gflops();
  } catch (const Error& error) {
    return {"noise", Severity::problem, error.what(), "end other programs, or raise the limit"};
  }
  const auto [low, high] = std::minmax_element(speeds.begin(), speeds.end());
  const double spread = 1 - *low / *high;
  Finding finding{"noise", Severity::ok, fmt::format("peak speed varies by {:.0f} %", spread * 100), ""};
  if (spread > 0.1) {
    finding.severity = Severity::warning;
    finding.mend = "end other programs while tuning, or the wrong candidates win";
  }
  return finding;
}

Finding check_record_file() {
  const std::optional<std::filesystem::path> file = records::find_default_record_file();
  if (!file)
    return {"records", Severity::warning, "no place for records: neither HOME nor XDG_DATA_HOME is set",
            "set one of them, or name a file with --records when tuning"};
  const std::filesystem::path& path = *file;
  std::filesystem::path existing = path;
  std::error_code error;
  while (!std::filesystem::exists(existing, error) && existing.has_relative_path()) existing = existing.parent_path();
  if (existing.empty()) existing = ".";
  if (access(existing.c_str(), W_OK) == 0) return {"records", Severity::ok, path.string(), ""};
  return {"records", Severity::problem, path.string() + " cannot be written",
          "make " + existing.string() + " writable, or give another file with --records"};
}

}  // namespace

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      return "problem";
  }
  return "?";
}

std::vector<Finding> examine() {
  return {check_processor(), check_vector_math(), check_cores(),      check_memory(),
          check_noise(),     check_candidate(),   check_record_file()};
}

bool is_healthy(const std::vector<Finding>& findings) {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& f) { return f.severity == Severity::problem; });
}

}  // namespace tilewright::driver
