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

std::pair<std::string, std::vector<double>> parse_named_values(const std::string& text) {
  const std::size_t equals = text.find('=');
  std::vector<double> values;
  bool is_right = equals != std::string::npos && equals > 0;
  for (std::string_view rest = is_right ? std::string_view(text).substr(equals + 1) : ""; is_right;) {
    const std::string_view one = rest.substr(0, rest.find(','));
    double value = 0;
    if (one == "true" || one == "false") {
      value = one == "true" ? 1 : 0;
    } else {
      const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), value);
      is_right = error == std::errc{} && end == one.data() + one.size();
    }
    values.push_back(value);
    if (one.size() == rest.size()) break;
    rest.remove_prefix(one.size() + 1);
  }
  if (!is_right) throw Error(Code::usage, "'{}' gives no input a value; write it like rate=16000 or axes=0,1", text);
  return {text.substr(0, equals), std::move(values)};
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
      .add_option_function<std::vector<std::string>>(
          "--value",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              auto [input, values] = parse_named_values(text);
              arguments.import.values[input] = std::move(values);
            }
          },
          "value of an input that is the same in all runs, like rate=16000: it is known at compile time then, and no "
          "input of what is compiled; may be given again")
      ->allow_extra_args(false)
      ->type_name("NAME=NUMBER,…");
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
