// Graphs as text; parse.cc reads it.

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/match.h"
#include "graph/array.h"
#include "graph/fields.h"
#include "graph/graph.h"

namespace tilewright::graph {
namespace {

std::string printed(std::int64_t value) { return std::to_string(value); }
std::string printed(int value) { return std::to_string(value); }
std::string printed(bool value) { return value ? "true" : "false"; }
std::string printed(double value) { return fmt::format("{}", value); }
/// With a point or an exponent where it is a float.
std::string printed(const Number& value) {
  return match_variant(
      value, [](std::int64_t v) { return printed(v); }, [](double v) { return fmt::format("{:#}", v); });
}
std::string printed(DType value) { return std::string(tilewright::to_text(value)); }
std::string printed(Layout value) { return value == Layout::nchw ? "nchw" : "nhwc"; }
std::string printed(const ops::Phases2d& p) { return fmt::format("[{}, {}, {}, {}]", p.h, p.w, p.begin_h, p.begin_w); }
template <std::size_t kSize>
std::string printed(const std::array<std::int64_t, kSize>& values) {
  return fmt::format("{}", values);
}
template <class T>
std::string printed(const std::vector<T>& values) {
  return fmt::format("{}", values);
}

using Fields = std::vector<std::pair<std::string, std::string>>;
Fields fields_of(Op op) {
  Fields fields;
  const auto add = [&](const char* name, const auto& value) { fields.emplace_back(name, printed(value)); };
  match_variant(op, [&](auto& o) { each_field(o, add); });
  return fields;
}

const Op& plain(const Op& op) {
  const std::string word = word_of(op);
  const std::span<const Op> all = plain_ops();
  return *std::find_if(all.begin(), all.end(), [&](const Op& other) { return word_of(other) == word; });
}

std::string printed(const TensorType& type) {
  return fmt::format("{}{}", tilewright::to_text(type.type), printed(type.shape));
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c == '\n' ? "\\n" : std::string(1, c);
  }
  return text + '"';
}

std::string printed_element(const runtime::Tensor& value, std::int64_t i) {
  return match_variant(
      element(value, i), [](std::int64_t v) { return printed(v); },
      [&](double v) { return value.type() == DType::f64 ? printed(v) : fmt::format("{}", static_cast<float>(v)); });
}

/// More than one element, all of the same bytes.
bool is_uniform(const runtime::Tensor& value) {
  const auto each = static_cast<std::size_t>(bytes_of(value.type())), bytes = static_cast<std::size_t>(value.bytes());
  const char* const data = static_cast<const char*>(value.data());
  return bytes > each && std::memcmp(data, data + each, bytes - each) == 0;
}

std::string printed_value(const TensorInfo& constant) {
  if (is_uniform(*constant.constant)) return "all " + printed_element(*constant.constant, 0);
  if (constant.content != 0) return fmt::format("seed {}", constant.content);
  std::vector<std::string> values;
  for (std::int64_t i = 0; i < constant.constant->elements(); ++i)
    values.push_back(printed_element(*constant.constant, i));
  return fmt::format("[{}]", fmt::join(values, ", "));
}

/// Numbers tensors in the order in which lines define them.
class Printer {
 public:
  explicit Printer(const Graph& graph) : graph_(graph) {}

  std::string run() {
    for (const GraphPort& port : graph_.inputs())
      text_ +=
          fmt::format("input {} {} {}\n", define(port.tensor), printed(graph_.type(port.tensor)), quoted(port.name));
    for (const Node& node : graph_.nodes()) print(node);
    for (const GraphPort& port : graph_.outputs()) {
      const std::string name = use(port.tensor);
      text_ += fmt::format("output {} {}\n", name, quoted(port.name));
    }
    return std::move(text_);
  }

 private:
  std::string define(TensorId id) { return fmt::format("t{}", numbers_[id] = next_++); }

  /// Constants are printed where they are first read. What nothing computes, which a broken pass may leave, is a '?'.
  std::string use(TensorId id) {
    const auto known = numbers_.find(id);
    if (known != numbers_.end()) return fmt::format("t{}", known->second);
    if (id < 0 || id >= graph_.num_tensors() || !graph_.tensor(id).is_constant()) return "?";
    const std::string name = define(id);
    text_ += fmt::format("constant {} {} {}\n", name, printed(graph_.type(id)), printed_value(graph_.tensor(id)));
    return name;
  }

  void print(const Node& node) {
    std::vector<std::string> inputs;
    for (const TensorId id : node.inputs) inputs.push_back(use(id));
    const std::string type = printed(graph_.type(node.output));
    text_ += fmt::format("{} {} = {}({})", define(node.output), type, word_of(node.op), fmt::join(inputs, ", "));
    const Fields fields = fields_of(node.op), left_out = fields_of(plain(node.op));
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i] != left_out[i]) text_ += fmt::format(" {} {}", fields[i].first, fields[i].second);
    text_ += '\n';
  }

  const Graph& graph_;
  std::map<TensorId, int> numbers_;
  int next_ = 0;
  std::string text_;
};

std::vector<Op> make_plain_ops() {
  std::vector<Op> all{Conv{},
                      Conv3d{},
                      Pool{PoolKind::max, {}},
                      Pool{PoolKind::average, {}},
                      MatMul{},
                      BatchNorm{},
                      Relu{},
                      LeakyRelu{},
                      Clip{},
                      Select{},
                      Cast{},
                      CumSum{},
                      Softmax{},
                      Softmax{0, true},
                      Lrn{0, 0, 0, 0, 0},
                      Reshape{},
                      Transpose{},
                      Concat{},
                      Pad{},
                      Slice{},
                      Expand{},
                      Gather{},
                      Identity{}};
  for (int op = 0; op <= static_cast<int>(te::UnaryOp::log1p); ++op)
    all.emplace_back(Unary{static_cast<te::UnaryOp>(op)});
  for (int op = 0; op <= static_cast<int>(te::BinaryOp::fmod); ++op)
    all.emplace_back(Binary{static_cast<te::BinaryOp>(op)});
  for (int kind = 0; kind <= static_cast<int>(ReduceKind::min); ++kind)
    all.emplace_back(Reduce{static_cast<ReduceKind>(kind), {}});
  return all;
}

}  // namespace

std::span<const Op> plain_ops() {
  static const std::vector<Op> kAll = make_plain_ops();
  return kAll;
}

std::string word_of(const Op& op) { return std::holds_alternative<Conv>(op) ? "conv2d" : name_of(op); }

std::string to_text(const Graph& graph) { return Printer(graph).run(); }

}  // namespace tilewright::graph
