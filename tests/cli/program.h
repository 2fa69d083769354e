#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/file.h"

namespace tilewright::cli {

struct Outcome {
  int code;
  std::string out, err;
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// Runs the built program in a folder of its own, with the default record file in there too.
class Program : public ::testing::Test {
 protected:
  Program() { std::filesystem::create_directories(folder_); }
  ~Program() override { std::filesystem::remove_all(folder_); }

  /// `arguments` as typed into a shell; `before` stands in front of the program: "timeout -s INT 3".
  Outcome run(const std::string& arguments, const std::string& before = "") const {
    const std::string out = path("stdout.txt"), err = path("stderr.txt");
    const bool redirected = arguments.find('>') != std::string::npos;
    const std::string command =
        fmt::format("cd {} && XDG_DATA_HOME={} {} {} {} {} 2>{}", folder_.string(), folder_.string(), before,
                    TILEWRIGHT_PROGRAM, arguments, redirected ? "" : ">" + out, err);
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, redirected ? "" : read_file(out), read_file(err)};
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// The run ended with `code`, and one message on standard error that holds `message`.
  static void expect_failure(const Outcome& outcome, int code, const std::string& message) {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(message), std::string::npos) << "no '" << message << "' in: " << outcome.err;
    EXPECT_TRUE(outcome.out.empty()) << outcome.out;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("tilewright_cli_test_{}", ::getpid());
};

}  // namespace tilewright::cli
