#include "runtime/cpu/object_loader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/rng.h"
#include "support/object_files.h"

namespace tilewright::runtime {
namespace {

std::shared_ptr<const LoadedObject> load_good() {
  Result<std::shared_ptr<const LoadedObject>> loaded = LoadedObject::load(support::test_object("good.c"));
  EXPECT_TRUE(loaded) << loaded.message();
  return loaded ? *loaded : nullptr;
}

std::string message_of(std::string_view object) {
  const auto loaded = LoadedObject::load(object);
  return loaded ? "loaded" : loaded.message();
}

TEST(ObjectLoader, RunsCodeThatReadsConstantsAndJumpTables) {
  const auto object = load_good();
  EXPECT_EQ(object->function<int (*)()>("tw_sum_of_primes")(), 41);
  const auto choose = object->function<int (*)(int)>("tw_switch");
  EXPECT_EQ(choose(0), 7);
  EXPECT_EQ(choose(3), 297);
  EXPECT_EQ(choose(5), 41);
  EXPECT_EQ(choose(6), 0);
}

TEST(ObjectLoader, PlacesWritableAndZeroedData) {
  const auto object = load_good();
  const auto count = object->function<int (*)()>("tw_count");
  EXPECT_EQ(count(), 41);
  EXPECT_EQ(count(), 42);
  static_cast<int*>(object->symbol("tw_zeroed"))[9999] = 100;
  EXPECT_EQ(count(), 143);
}

TEST(ObjectLoader, GivesEachLoadItsOwnData) {
  const auto first = load_good(), second = load_good();
  first->function<int (*)()>("tw_count")();
  EXPECT_EQ(second->function<int (*)()>("tw_count")(), 41);
}

TEST(ObjectLoader, RelocatesPointersInData) {
  const auto object = load_good();
  EXPECT_STREQ(object->function<const char* (*)(int)>("tw_word")(1), "world");
}

TEST(ObjectLoader, ReachesTheCLibraryAndLibm) {
  const auto object = load_good();
  EXPECT_NEAR(object->function<double (*)(double)>("tw_circle")(0.7), 1.0, 1e-15);
  EXPECT_EQ(object->function<double (*(*)())(double)>("tw_address_of_sin")()(0.5), std::sin(0.5));
  char copy[4] = {};
  object->function<void (*)(char*, const char*, std::int64_t)>("tw_copy")(copy, "abc", 4);
  EXPECT_STREQ(copy, "abc");
}

#if defined(__x86_64__)
TEST(ObjectLoader, ReachesVectorMath) {
  const auto object = load_good();
  double x[2] = {0.5, -2};
  object->function<void (*)(double*)>("tw_exp2")(x);
  EXPECT_NEAR(x[0], std::exp(0.5), 1e-14);
  EXPECT_NEAR(x[1], std::exp(-2), 1e-14);
}

TEST(ObjectLoader, RefusesCodeForAFixedAddress) {
  const std::string message = message_of(support::test_object("absolute.c"));
  EXPECT_NE(message.find("needs an address below 4 GiB: compile position-independent code"), std::string::npos)
      << message;
}
#endif

TEST(ObjectLoader, KnowsOnlyGlobalSymbols) {
  const auto object = load_good();
  EXPECT_EQ(object->symbol("kPrimes"), nullptr);
  EXPECT_EQ(object->symbol("sin"), nullptr);
  EXPECT_EQ(object->symbol(""), nullptr);
}

TEST(ObjectLoader, LoadsWhateverTheAlignmentOfTheBytes) {
  const std::string object = support::test_object("good.c");
  for (std::size_t shift = 1; shift < 8; ++shift) {
    const std::string shifted = std::string(shift, 'x') + object;
    EXPECT_EQ(message_of(std::string_view(shifted).substr(shift)), "loaded");
  }
}

TEST(ObjectLoader, NamesTheSymbolThatNobodyDefines) {
  EXPECT_EQ(message_of(support::test_object("unresolved.c")),
            "symbol 'tw_nobody_defines_this' is not defined by the object, this program, libm or libmvec");
}

TEST(ObjectLoader, RefusesThreadLocalData) {
  EXPECT_EQ(message_of(support::test_object("thread_local.c")),
            "object has a thread-local or compressed section .tdata");
}

TEST(ObjectLoader, RefusesCommonSymbols) {
  EXPECT_EQ(message_of(support::test_object("common.c")),
            "symbol 'tw_common' is a common or otherwise special symbol (65522), which can't be loaded");
}

TEST(ObjectLoader, RefusesWhatIsNotElf) {
  EXPECT_EQ(message_of(""), "object is not an ELF file");
  EXPECT_EQ(message_of("!<arch>\n"), "object is not an ELF file");
  EXPECT_EQ(message_of("\177ELF"), "object is truncated: the ELF header needs bytes 0 to 64, the file has 4");
}

TEST(ObjectLoader, RefusesOtherKindsOfElf) {
  struct Case {
    std::size_t byte;
    char value;
    const char* message;
  };
  const Case cases[] = {
      {4, 1, "object is not a 64-bit little-endian ELF file"},
      {5, 2, "object is not a 64-bit little-endian ELF file"},
      {16, 3, "object has ELF type 3, expected a relocatable object (1)"},
      {60, 0, "object has 0 section headers of 64 bytes, expected at least one of 64"},
  };
  for (const Case& c : cases) {
    std::string object = support::test_object("good.c");
    object[c.byte] = c.value;
    EXPECT_EQ(message_of(object), c.message);
  }
}

TEST(ObjectLoader, RefusesTheCodeOfAnotherMachine) {
  std::string object = support::test_object("good.c");
  object[18] = 8;  // EM_MIPS
  EXPECT_EQ(message_of(object).find("object is for ELF machine 8, this machine is "), 0U);
}

TEST(ObjectLoader, RefusesEveryTruncation) {
  const std::string object = support::test_object("good.c");
  for (std::size_t size = 0; size < object.size(); ++size) {
    // In memory of exactly that size, so that a sanitizer sees a read beyond it.
    const std::vector<char> cut(object.begin(), object.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(message_of({cut.data(), cut.size()}), "loaded") << size;
  }
}

TEST(ObjectLoader, SurvivesFlippedBytes) {
  const std::string object = support::test_object("good.c");
  Rng rng(7);
  for (int round = 0; round < 20000; ++round) {
    std::vector<char> damaged(object.begin(), object.end());
    for (std::int64_t flips = rng.between(1, 4); flips > 0; --flips) {
      damaged[static_cast<std::size_t>(rng.below(static_cast<std::int64_t>(damaged.size())))] ^=
          static_cast<char>(1 << rng.below(8));
    }
    message_of({damaged.data(), damaged.size()});  // must return; whether it loads depends on what was hit
  }
}

TEST(ObjectLoader, SurvivesEveryByteSetToOnes) {
  const std::string object = support::test_object("good.c");
  for (std::size_t i = 0; i < object.size(); ++i) {
    std::vector<char> damaged(object.begin(), object.end());
    damaged[i] = static_cast<char>(0xff);
    message_of({damaged.data(), damaged.size()});
  }
}

}  // namespace
}  // namespace tilewright::runtime
