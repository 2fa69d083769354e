#include "task/error_kind.h"

namespace tilewright::task {

std::string_view to_text(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::none:
      return "none";
    case ErrorKind::instantiation:
      return "instantiation";
    case ErrorKind::compile_host:
      return "compile";
    case ErrorKind::compile_device:
      return "compile for device";
    case ErrorKind::runtime:
      return "runtime";
    case ErrorKind::wrong_answer:
      return "wrong answer";
    case ErrorKind::build_timeout:
      return "compile timeout";
    case ErrorKind::run_timeout:
      return "run timeout";
    case ErrorKind::unknown:
      break;
  }
  return "unknown";
}

}  // namespace tilewright::task
