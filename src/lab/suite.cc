#include "lab/suite.h"

#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "lab/suites.h"

namespace tilewright::lab {
namespace {

constexpr int kMostTrials = 100'000'000, kMostSeeds = 10'000;
constexpr std::int64_t kMostSuiteBytes = 1 << 20;

/// One line of a suite, and where it stands, for messages.
struct Line {
  const std::string& suite;
  int number;
  std::vector<std::string> words;

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(Code::bad_input, "suite {}, line {}: {}", suite, number,
                fmt::format(format, std::forward<Args>(args)...));
  }
  int count(int most) const {
    int value = 0;
    const std::string text = words.size() == 2 ? words[1] : "";
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > most)
      fail("{} takes one whole number from 1 to {}", words[0], most);
    return value;
  }
  std::vector<std::string> rest() const {
    if (words.size() < 2) fail("{} takes at least one value", words[0]);
    return {words.begin() + 1, words.end()};
  }
};

bool parse_switch(const Line& line, const std::string& key, const std::string& value) {
  if (value == "on") return true;
  if (value == "off") return false;
  line.fail("{} is on or off, not {}", key, value);
}

Variant parse_variant(const Line& line) {
  Variant variant;
  variant.name = line.rest().front();
  for (std::size_t i = 2; i < line.words.size(); ++i) {
    const std::string& word = line.words[i];
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals), value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "sketch")
      variant.sketch = value;
    else if (key == "mutation")
      variant.mutation = value;
    else if (key == "model")
      variant.model = value;
    else if (key == "preset" && (value == "default" || value == "ansor"))
      variant.preset = value;
    else if (key == "trained")
      variant.trained = parse_switch(line, key, value);
    else if (key == "descent")
      variant.descent = parse_switch(line, key, value);
    else
      line.fail(
          "{} says nothing about a variant; known are sketch=, mutation=, model=, preset=default|ansor, "
          "trained=on|off and descent=on|off",
          word);
  }
  return variant;
}

void add_line(Suite& suite, const Line& line) {
  const std::string& key = line.words.front();
  if (key == "trials")
    suite.trials = line.count(kMostTrials);
  else if (key == "seeds")
    suite.seeds = line.count(kMostSeeds);
  else if (key == "spaces")
    suite.spaces = line.rest();
  else if (key == "input")
    suite.inputs.push_back(line.rest().front());
  else if (key == "variant")
    suite.variants.push_back(parse_variant(line));
  else
    line.fail("{} is not known; there are trials, seeds, spaces, input and variant", key);
}

}  // namespace

Suite parse_suite(const std::string& name, std::string_view text) {
  Suite suite;
  suite.name = name;
  std::istringstream lines{std::string(text)};
  std::string content;
  for (int number = 1; std::getline(lines, content); ++number) {
    Line line{suite.name, number, {}};
    if (!is_utf8(content)) line.fail("it is no UTF-8 text");
    std::istringstream words(content.substr(0, content.find('#')));
    for (std::string word; words >> word;) line.words.push_back(word);
    if (!line.words.empty()) add_line(suite, line);
  }
  if (suite.inputs.empty()) throw Error(Code::bad_input, "suite {} has no input", name);
  if (suite.variants.size() < 2)
    throw Error(Code::bad_input, "suite {} has {} variants; a comparison needs two", name, suite.variants.size());
  return suite;
}

std::vector<std::string> known_suites() {
  std::vector<std::string> names;
  for (const auto& [name, text] : kSuites) names.emplace_back(name);
  return names;
}

Suite find_suite(const std::string& name_or_path) {
  for (const auto& [name, text] : kSuites)
    if (name == name_or_path) return parse_suite(name_or_path, text);
  if (!std::filesystem::exists(name_or_path))
    throw Error(Code::usage, "suite {} is not known and no file; there are: {}", name_or_path,
                fmt::join(known_suites(), ", "));
  return parse_suite(std::filesystem::path(name_or_path).stem().string(), read_file(name_or_path, kMostSuiteBytes));
}

search::TuneOptions options_of(const Suite& suite, const Variant& variant, const std::string& space,
                               std::uint64_t seed) {
  search::TuneOptions options = variant.preset == "ansor" ? search::ansor_options() : search::TuneOptions{};
  options.seed = seed;
  options.trials = suite.trials;
  options.space = space::parse_space(space);
  options.sketch_policy = variant.sketch;
  options.mutation_policy = variant.mutation;
  if (!variant.model.empty()) options.cost_model = variant.model;
  options.descent.on = options.descent.on && variant.descent;
  if (variant.trained) options.policy_memory = std::make_shared<search::PolicyMemory>(search::PolicyMemory::trained());
  return options;
}

}  // namespace tilewright::lab
