#include "base/pass_manager.h"

#include <gtest/gtest.h>

#include <thread>

namespace tilewright {
namespace {

using Words = std::vector<std::string>;

std::string text_of(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += word + "\n";
  return text;
}

Status has_no_empty_word(const Words& words) {
  for (const std::string& word : words)
    if (word.empty()) return failure("a word is empty");
  return {};
}

void append(Words& words, const std::string& word) { words.push_back(word); }
void reverse(Words& words, const std::string&) { words = Words(words.rbegin(), words.rend()); }
void drop_first_letters(Words& words, const std::string&) {
  for (std::string& word : words) word.erase(0, 1);
}

using Passes = PassManager<Words, std::string>;

Passes three_passes() {
  return Passes("word", {{"append", append, true}, {"reverse", reverse}, {"append", append, true}}, has_no_empty_word,
                text_of);
}

TEST(PassManager, RunsPassesInOrder) {
  Passes passes = three_passes();
  Words words{"a"};
  passes.run(words, "b");
  EXPECT_EQ(words, (Words{"b", "a", "b"}));
}

TEST(PassManager, LeavesOutWhatIsSwitchedOff) {
  Passes passes = three_passes();
  passes.switch_pass("reverse", false);
  Words words{"a"};
  passes.run(words, "b");
  EXPECT_EQ(words, (Words{"a", "b", "b"}));
  passes.switch_pass("reverse", true);
  words = {"a"};
  passes.run(words, "b");
  EXPECT_EQ(words, (Words{"b", "a", "b"}));
}

TEST(PassManager, KnowsEachNameOnce) {
  Passes passes = three_passes();
  EXPECT_EQ(passes.names(), (std::vector<std::string_view>{"append", "reverse"}));
  EXPECT_TRUE(passes.has("reverse"));
  EXPECT_FALSE(passes.has("revers"));
  EXPECT_TRUE(passes.is_needed("append"));
  EXPECT_THROW(passes.switch_pass("append", false), InternalError);
  EXPECT_THROW(passes.switch_pass("revers", false), InternalError);
}

TEST(PassManager, NamesThePassThatBreaksTheProgram) {
  const Passes passes("word", {{"reverse", reverse}, {"drop-first-letters", drop_first_letters}}, has_no_empty_word,
                      text_of);
  passes::name_seed(17);
  Words words{"ab", "c"};
  try {
    passes.run(words, "");
    FAIL() << "no error";
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(),
                 "the word pass drop-first-letters broke the program, seed 17: a word is empty\n"
                 "before:\nc\nab\nafter:\n\nb\n");
  }
}

TEST(PassManager, CountsCallsOfAllThreadsWhileItIsAskedTo) {
  const Passes passes = three_passes();
  const auto run = [&] {
    Words words;
    passes.run(words, "b");
  };
  run();
  passes::time_each(true);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(run);
  }
  passes::time_each(false);
  run();
  const std::vector<PassTime> times = passes.times();
  ASSERT_EQ(times.size(), 2u);
  EXPECT_EQ(times[0].pass, "append");
  EXPECT_EQ(times[0].calls, 8);
  EXPECT_EQ(times[1].pass, "reverse");
  EXPECT_EQ(times[1].calls, 4);
  EXPECT_GE(times[0].total_s, 0);
}

TEST(PassManager, RunsOneOfThemAlone) {
  const Passes passes = three_passes();
  Words words{"a", "b"};
  passes.run_one("reverse", words, "c");
  EXPECT_EQ(words, (Words{"b", "a"}));
  EXPECT_THROW(passes.run_one("sort", words, "c"), InternalError);
}

}  // namespace
}  // namespace tilewright
