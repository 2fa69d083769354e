#pragma once

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

/// Bytes of the object that the build made from tests/measure/kernels/`name`.c; it defines `kernel`.
inline std::string kernel_object(std::string_view name) {
  std::stringstream paths(TW_TEST_OBJECTS);
  for (std::string path; std::getline(paths, path, ':');) {
    if (path.find("/" + std::string(name) + ".c.") == std::string::npos) continue;
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  throw std::runtime_error("no test object from " + std::string(name) + ".c");
}
