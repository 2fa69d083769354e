#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"

namespace tilewright::support {

/// A file of cases for one pass:
///
///     pass form-tiles
///     target x86-64-v4
///     ==== what the first case shows
///     the program
///     ----
///     the program after the pass, or "unchanged"
///     ==== …
struct PassFile {
  struct Case {
    std::string title, program, expected;
  };
  std::string pass, target;
  std::vector<Case> cases;

  std::string to_text() const {
    std::string text = "pass " + pass + "\n" + (target.empty() ? "" : "target " + target + "\n");
    for (const Case& c : cases) text += "==== " + c.title + "\n" + c.program + "----\n" + c.expected;
    return text;
  }
};

inline PassFile read_pass_file(const std::filesystem::path& path) {
  PassFile file;
  std::string* part = nullptr;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("==== ")) {
      file.cases.push_back({line.substr(5), {}, {}});
      part = &file.cases.back().program;
    } else if (part == nullptr) {
      if (line.starts_with("pass ")) file.pass = line.substr(5);
      if (line.starts_with("target ")) file.target = line.substr(7);
    } else if (line == "----") {
      part = &file.cases.back().expected;
    } else {
      *part += line + "\n";
    }
  }
  return file;
}

/// The programs of all cases of all files of `folder`.
inline std::vector<std::string> pass_programs(const std::filesystem::path& folder) {
  std::vector<std::string> programs;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    for (const PassFile::Case& c : read_pass_file(entry.path()).cases) programs.push_back(c.program);
  return programs;
}

/// Runs the pass on the program of every case of every file of `folder`, each named after its pass, one for each of
/// `passes`; with TW_BLESS in the environment, writes down what comes out. `parse` makes a program or a graph of a
/// text, which has a verify and a to_text beside it.
template <class Parse, class Run>
void expect_pass_files(const std::filesystem::path& folder, std::vector<std::string_view> passes, Parse&& parse,
                       Run&& run) {
  std::vector<std::string> tested;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    PassFile file = read_pass_file(entry.path());
    SCOPED_TRACE(entry.path().string());
    EXPECT_EQ(entry.path().stem(), file.pass);
    EXPECT_GE(file.cases.size(), 2u) << "one program that the pass changes, one that it must leave alone";
    tested.push_back(file.pass);
    for (PassFile::Case& c : file.cases) {
      SCOPED_TRACE(c.title);
      auto program = parse(c.program);
      ASSERT_TRUE(program) << program.message();
      const Status valid = verify(*program);
      ASSERT_TRUE(valid) << valid.message();
      EXPECT_EQ(to_text(*program), c.program) << "the program is not as it would be printed";
      run(file, *program);
      std::string after = to_text(*program);
      if (after == c.program) after = "unchanged\n";
      if (std::getenv("TW_BLESS")) c.expected = after;
      EXPECT_EQ(after, c.expected);
    }
    const auto is_unchanged = [](const PassFile::Case& c) { return c.expected == "unchanged\n"; };
    EXPECT_TRUE(std::any_of(file.cases.begin(), file.cases.end(), is_unchanged)) << "no program is left alone";
    EXPECT_FALSE(std::all_of(file.cases.begin(), file.cases.end(), is_unchanged)) << "no program is changed";
    if (std::getenv("TW_BLESS")) std::ofstream(entry.path()) << file.to_text();
  }
  std::sort(tested.begin(), tested.end());
  std::sort(passes.begin(), passes.end());
  EXPECT_EQ(tested, std::vector<std::string>(passes.begin(), passes.end())) << "a file for each pass";
}

}  // namespace tilewright::support
