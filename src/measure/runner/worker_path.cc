#include "measure/runner/worker_path.h"

#include <unistd.h>

#include <cstdlib>

#include "base/error.h"

namespace tilewright::measure {
namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

fs::path named(const fs::path& path, const char* by) {
  if (is_program(path)) return path;
  throw Error(Code::usage, "{} names {}, which is not a program", by, path.string());
}

}  // namespace

fs::path find_worker(const fs::path& wanted) {
  if (!wanted.empty()) return named(wanted, "the runner's option 'worker'");
  if (const char* path = std::getenv("TILEWRIGHT_WORKER"); path != nullptr && *path != '\0') {
    return named(path, "TILEWRIGHT_WORKER");
  }
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path places[] = {folder / "tilewright-worker", folder.parent_path() / "tilewright-worker"};
  for (const fs::path& path : places) {
    if (is_program(path)) return path;
  }
  throw Error(Code::nothing_measured,
              "the worker program that runs candidates was found neither at {} nor at {}: build it, or set "
              "TILEWRIGHT_WORKER to its path",
              places[0].string(), places[1].string());
}

}  // namespace tilewright::measure
