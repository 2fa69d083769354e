#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/error.h"

namespace tilewright::cli {

void print_json(const nlohmann::json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void silence_output() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::fflush(stdout);
  if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
    throw Error(Code::cannot_write, "cannot open /dev/null: {}", std::generic_category().message(errno));
  close(nowhere);
}

void finish_output() {
  const bool failed_before = std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0 || failed_before)
    throw Error(Code::cannot_write, "cannot write to standard output: {}", std::generic_category().message(errno));
}

}  // namespace tilewright::cli
