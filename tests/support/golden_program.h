#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "loop/program.h"

namespace tilewright::support {

/// Expects a valid program whose text is that of the file; with TW_BLESS in the environment, writes the file first.
inline void expect_golden(const loop::Program& program, const std::string& path) {
  const Status valid = loop::verify(program);
  EXPECT_TRUE(static_cast<bool>(valid)) << valid.message();
  if (std::getenv("TW_BLESS")) std::ofstream(path) << loop::to_text(program);
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(loop::to_text(program), text.str()) << path;
}

}  // namespace tilewright::support
