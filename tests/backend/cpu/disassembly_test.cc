// One kind of instruction after another (objects/instructions.c), for the machine that the tests run on.
#include "backend/cpu/disassembly.h"

#include <gtest/gtest.h>

#include "support/object_files.h"
#include "target/processors.h"

namespace tilewright::cpu {
namespace {

struct Expected {
  const char* mnemonic;
  double flops;
  int vector_bytes;
  bool load, store;
  double bytes;
  bool stack = false;
};

#if defined(__x86_64__)
const char* const kTarget = "x86-64-v4";
const Expected kExpected[] = {
    {"vmovups", 0, 64, true, false, 64},      {"vbroadcastss", 0, 64, true, false, 4},
    {"vfmadd231ps", 32, 64, false, false, 0}, {"vfmadd231ps", 32, 64, true, false, 4},
    {"vfnmadd231ss", 2, 16, false, false, 0}, {"vmaxps", 8, 32, false, false, 0},
    {"vmulsd", 1, 16, true, false, 8},        {"vmovaps", 0, 64, false, true, 64, true},
    {"vmovsd", 0, 16, true, false, 8},        {"vpmovzxbd", 0, 64, true, false, 16},
    {"vcvtph2ps", 0, 32, true, false, 16},    {"vextractf128", 0, 32, false, true, 16},
    {"vgatherdps", 0, 64, true, false, 64},   {"addq", 0, 0, true, true, 8, true},
    {"cmpl", 0, 0, true, false, 4},           {"leaq", 0, 0, false, false, 0},
    {"prefetcht0", 0, 0, false, false, 0},    {"pushq", 0, 0, false, false, 0},
};
#elif defined(__aarch64__)
const char* const kTarget = "aarch64+neon";
const Expected kExpected[] = {
    {"ldp", 0, 16, true, false, 32}, {"ldr", 0, 0, true, false, 4},         {"ld1r", 0, 16, true, false, 4},
    {"ld1", 0, 16, true, false, 4},  {"ld1", 0, 16, true, false, 32},       {"ldrb", 0, 0, true, false, 1},
    {"ldpsw", 0, 0, true, false, 8}, {"fmla", 8, 16, false, false, 0},      {"fmadd", 2, 0, false, false, 0},
    {"fadd", 2, 8, false, false, 0}, {"str", 0, 16, false, true, 16, true}, {"stp", 0, 8, false, true, 16, true},
    {"add", 0, 0, false, false, 0},  {"prfm", 0, 0, false, false, 0},
};
#endif

TEST(Disassembly, TellsWhatEachInstructionDoes) {
  const std::vector<Instruction> code =
      disassemble(support::test_object("instructions.c"), *target::parse_target(kTarget));
  ASSERT_EQ(code.size(), std::size(kExpected)) << "the padding is left out";
  for (std::size_t i = 0; i < code.size(); ++i) {
    const Instruction& found = code[i];
    const Expected& expected = kExpected[i];
    SCOPED_TRACE(found.text);
    const std::string_view text = std::string_view(found.text).substr(1);
    EXPECT_EQ(text.substr(0, text.find_first_of(" \t")), expected.mnemonic);
    EXPECT_EQ(found.fma, text.starts_with("vfm") || text.starts_with("vfnm") || text.starts_with("fm"));
    EXPECT_EQ(found.flops, expected.flops);
    EXPECT_EQ(found.vector_bytes, expected.vector_bytes);
    EXPECT_EQ(found.load, expected.load);
    EXPECT_EQ(found.store, expected.store);
    EXPECT_EQ(found.bytes, expected.bytes);
    EXPECT_EQ(found.stack, expected.stack);
    EXPECT_FALSE(found.branches);
  }
}

}  // namespace
}  // namespace tilewright::cpu
