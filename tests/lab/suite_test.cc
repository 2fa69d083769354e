#include "lab/suite.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "base/error.h"
#include "driver/model.h"

namespace tilewright::lab {
namespace {

std::string message_of(const std::function<void()>& action, Code code) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code);
    return e.what();
  }
  return "no error";
}

TEST(Suite, EveryShippedOneParsesAndItsWorkloadsExist) {
  EXPECT_GE(known_suites().size(), 4u);
  for (const std::string& name : known_suites()) {
    const Suite suite = find_suite(name);
    for (const Variant& variant : suite.variants)
      for (const std::string& space : suite.spaces) EXPECT_NO_THROW(options_of(suite, variant, space, 1)) << name;
    for (const std::string& input : suite.inputs)
      if (!input.ends_with(".onnx")) {
        EXPECT_NO_THROW(driver::partition_of(input, {})) << input;
      }
  }
}

TEST(Suite, TheOnePoliciesAreTrainedOnSharesNoWorkloadWithAnother) {
  std::set<std::string> keys;
  const auto key = [](const std::string& input) { return driver::partition_of(input, {}).tasks.front().key; };
  for (const std::string& input : find_suite("training").inputs) keys.insert(key(input));
  for (const std::string& name : known_suites())
    if (name != "training")
      for (const std::string& input : find_suite(name).inputs)
        if (!input.ends_with(".onnx")) {
          EXPECT_FALSE(keys.contains(key(input))) << name << " " << input;
        }
}

TEST(Suite, ReadsVariantsAndComments) {
  const Suite suite = parse_suite("x",
                                  "trials 7 # few\n\nspaces ansor full\ninput a\ninput b\nvariant one\n"
                                  "variant two sketch=bandit model=random trained=on descent=off preset=ansor\n");
  EXPECT_EQ(suite.trials, 7);
  EXPECT_EQ(suite.spaces, (std::vector<std::string>{"ansor", "full"}));
  EXPECT_EQ(suite.inputs, (std::vector<std::string>{"a", "b"}));
  const search::TuneOptions options = options_of(suite, suite.variants[1], "ansor", 3);
  EXPECT_EQ(options.sketch_policy, "bandit");
  EXPECT_EQ(options.mutation_policy, "fixed");
  EXPECT_EQ(options.cost_model, "random");
  EXPECT_EQ(options.batch, 64);
  EXPECT_EQ(options.seed, 3u);
  EXPECT_FALSE(options.descent.on);
  EXPECT_GT(options.policy_memory->moves.moves().size(), 0u);
}

TEST(Suite, SaysWhatIsWrongAndWhere) {
  const auto of = [](const std::string& text) { return message_of([&] { parse_suite("x", text); }, Code::bad_input); };
  EXPECT_EQ(of("trails 5\n"),
            "suite x, line 1: trails is not known; there are trials, seeds, spaces, input and variant");
  EXPECT_EQ(of("\ntrials five\n"), "suite x, line 2: trials takes one whole number from 1 to 100000000");
  EXPECT_EQ(of("trials 0\n"), "suite x, line 1: trials takes one whole number from 1 to 100000000");
  EXPECT_EQ(of("seeds 2147483647\n"), "suite x, line 1: seeds takes one whole number from 1 to 10000");
  EXPECT_EQ(of("trials 7\ninput a\xff\n"), "suite x, line 2: it is no UTF-8 text");
  EXPECT_EQ(of("input\n"), "suite x, line 1: input takes at least one value");
  EXPECT_EQ(of("variant a sketches=uniform\n"),
            "suite x, line 1: sketches=uniform says nothing about a variant; known are sketch=, mutation=, model=, "
            "preset=default|ansor, trained=on|off and descent=on|off");
  EXPECT_EQ(of("variant a trained=maybe\n"), "suite x, line 1: trained is on or off, not maybe");
  EXPECT_EQ(of("variant a\nvariant b\n"), "suite x has no input");
  EXPECT_EQ(of("input a\nvariant a\n"), "suite x has 1 variants; a comparison needs two");
  EXPECT_EQ(message_of([] { find_suite("smoked"); }, Code::usage).substr(0, 53),
            "suite smoked is not known and no file; there are: dem");
}

}  // namespace
}  // namespace tilewright::lab
