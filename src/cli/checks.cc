#include "cli/checks.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/error.h"

namespace tilewright::cli {

CLI::Validator number_between(double least, double most) {
  const auto check = [=](const std::string& text) -> std::string {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (is_number && value >= least && value <= most) return "";
    return fmt::format("'{}' is not a number from {:g} to {:g}", text, least, most);
  };
  return {check, fmt::format("number from {:g} to {:g}", least, most)};
}

void refuse_empty_texts(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const auto& texts = option->results();
    if (std::find(texts.begin(), texts.end(), "") != texts.end())
      throw Error(Code::usage, "{} is empty", option->get_name());
  }
  for (const CLI::App* sub : command.get_subcommands()) refuse_empty_texts(*sub);
}

}  // namespace tilewright::cli
