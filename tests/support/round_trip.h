#pragma once

#include <gtest/gtest.h>

#include "loop/program.h"

namespace tilewright::support {

/// What the program's text reads as; expects it to be the same program: text and hash.
inline Result<loop::Program> expect_round_trip(const loop::Program& program) {
  const std::string text = loop::to_text(program);
  Result<loop::Program> parsed = loop::parse(text);
  EXPECT_TRUE(parsed) << parsed.message() << "\n" << text;
  if (!parsed) return parsed;
  EXPECT_EQ(loop::to_text(*parsed), text);
  EXPECT_EQ(loop::structural_hash(*parsed), loop::structural_hash(program)) << text;
  const Status valid = loop::verify(*parsed);
  EXPECT_TRUE(valid) << valid.message() << "\n" << text;
  return parsed;
}

}  // namespace tilewright::support
