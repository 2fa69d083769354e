#pragma once

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tilewright::support {

/// Bytes of the object that the build of the test program made from `source` ("good.c"), one of its TW_TEST_OBJECTS.
inline std::string test_object(std::string_view source) {
  std::stringstream paths(TW_TEST_OBJECTS);
  for (std::string path; std::getline(paths, path, ':');) {
    if (path.find("/" + std::string(source) + ".") == std::string::npos) continue;
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  throw std::runtime_error("no test object from " + std::string(source));
}

}  // namespace tilewright::support
