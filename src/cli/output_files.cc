#include "cli/output_files.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "cli/progress.h"

namespace tilewright::cli {
namespace {

namespace fs = std::filesystem;

/// Neither need exist; what is no regular file may be used twice.
bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code none;
  if (fs::exists(a, none)) return fs::is_regular_file(a, none) && fs::equivalent(a, b, none);
  return fs::weakly_canonical(fs::absolute(a, none), none) == fs::weakly_canonical(fs::absolute(b, none), none);
}

/// The values of an argument, which may be given several times, or not be known to the command.
std::vector<std::string> values_of(const CLI::App& command, const std::string& argument) {
  const CLI::Option* const option = command.get_option_no_throw(argument);
  return option == nullptr ? std::vector<std::string>() : option->results();
}

void refuse_inputs(const CLI::App& command, const std::string& output, const std::vector<InputArgument>& inputs) {
  std::error_code none;
  for (const std::string& written : values_of(command, output))
    for (const auto& [argument, what] : inputs)
      for (const std::string& read : values_of(command, argument))
        if (fs::exists(read, none) && is_same_file(written, read))  // else it is the name of a workload or a suite
          throw Error(Code::usage, "{} names the {} itself, {} ({}); name another file", output, what, written,
                      argument);
}

void refuse_other_output(const CLI::App& command, const std::string& output, const std::string& other) {
  for (const std::string& first : values_of(command, output))
    for (const std::string& second : values_of(command, other))
      if (is_same_file(first, second))
        throw Error(Code::usage, "{} and {} both name {}; each needs a file of its own", output, other, first);
}

}  // namespace

void keep_outputs_apart(const CLI::App& command, const std::vector<std::string>& outputs,
                        const std::vector<InputArgument>& inputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    refuse_inputs(command, outputs[i], inputs);
    for (std::size_t j = i + 1; j < outputs.size(); ++j) refuse_other_output(command, outputs[i], outputs[j]);
  }
}

Patience patience(const Common& common) {
  Patience patience;
  if (common.verbosity >= 0) patience.say = [](const std::string& text) { say(text + "\n"); };
  return patience;
}

}  // namespace tilewright::cli
