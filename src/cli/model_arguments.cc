#include "cli/model_arguments.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"

namespace tilewright::cli {
namespace {

std::optional<graph::Shape> parse_shape(std::string_view text, char separator) {
  graph::Shape shape;
  for (;;) {
    std::int64_t dim = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), dim);
    if (error != std::errc{} || dim < 0) return std::nullopt;
    shape.push_back(dim);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return shape;
    if (text.front() != separator) return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace

std::pair<std::string, graph::Shape> parse_named_shape(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::optional<graph::Shape> shape;
  if (colon != std::string::npos && colon > 0) {
    std::string dims = text.substr(colon + 1);
    const bool in_brackets = dims.size() > 2 && dims.front() == '[' && dims.back() == ']';
    if (in_brackets) {
      dims = dims.substr(1, dims.size() - 2);
      dims.erase(std::remove(dims.begin(), dims.end(), ' '), dims.end());
    }
    shape = parse_shape(dims, in_brackets ? ',' : 'x');
  }
  if (!shape) throw Error(Code::usage, "'{}' is not a shape; write it like input:1x3x224x224", text);
  return {text.substr(0, colon), std::move(*shape)};
}

void add_model_arguments(CLI::App& command, const std::string& name, ModelArguments& arguments) {
  command
      .add_option(name, arguments.input, "an ONNX file, or a compiled model or a workload where the verb can use one")
      ->required();
  command
      .add_option_function<std::vector<std::string>>(
          "--shape",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              auto [input, shape] = parse_named_shape(text);
              arguments.import.shapes[input] = std::move(shape);
            }
          },
          "shape of an input with open dimensions, like input:1x3x224x224; may be given again")
      ->allow_extra_args(false)
      ->type_name("NAME:SHAPE");
  command
      .add_option_function<std::string>(
          "--external-data",
          [&arguments](const std::string& links) {
            arguments.import.external_data = links == "follow" ? Links::followed : Links::refused;
          },
          "files with weights: inside of the model's folder only, or wherever its links lead")
      ->check(CLI::IsMember({"inside", "follow"}))
      ->type_name("inside|follow");
}

}  // namespace tilewright::cli
