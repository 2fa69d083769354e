// Graphs of text, as print.cc prints them.

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include "base/integer.h"
#include "base/match.h"
#include "base/rng.h"
#include "base/shape_text.h"
#include "graph/array.h"
#include "graph/check_types.h"
#include "graph/empty.h"
#include "graph/fields.h"
#include "graph/graph.h"

namespace tilewright::graph {
namespace {

constexpr std::size_t kMostListed = 64;                                ///< dimensions, axes
constexpr std::int64_t kMostNumber = std::int64_t{1} << 31;            ///< of a field, by magnitude
constexpr std::int64_t kMostConstantElements = std::int64_t{1} << 25;  ///< of all constants together

/// Ends the parse at the first error.
struct ParseStop {
  Failure failure;
};

/// The tokens of one line.
class LineCursor {
 public:
  LineCursor(std::string_view line, int number) : line_(line), number_(number) { skip(); }

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw ParseStop{
        failure("line {}, column {}: {}", number_, at_ + 1, fmt::format(format, std::forward<Args>(args)...))};
  }
  [[noreturn]] void fail_expecting(std::string_view what) const {
    if (at_end()) fail("expected {}, found the end of the line", what);
    fail("expected {}, found '{}'", what, rest().substr(0, rest().find(' ')).substr(0, 20));
  }

  bool at_end() const { return at_ == line_.size(); }
  bool accept(std::string_view token) {
    if (!rest().starts_with(token)) return false;
    at_ += token.size();
    skip();
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail_expecting(fmt::format("'{}'", token));
  }
  /// Letters, digits and underscores.
  std::string_view word(std::string_view what) {
    std::size_t length = 0;
    while (length < rest().size() && is_letter(rest()[length])) ++length;
    if (length == 0) fail_expecting(what);
    const std::string_view word = rest().substr(0, length);
    at_ += length;
    skip();
    return word;
  }
  /// `from_chars` of the type takes it.
  template <class T>
  T number(std::string_view what) {
    T value{};
    const auto [end, error] = std::from_chars(rest().data(), rest().data() + rest().size(), value);
    if (error == std::errc::invalid_argument) fail_expecting(what);
    if (error != std::errc()) fail("{} is out of range", what);
    at_ += static_cast<std::size_t>(end - rest().data());
    skip();
    return value;
  }
  std::int64_t integer(std::int64_t low, std::int64_t high) {
    const LineCursor start = *this;
    const auto value = number<std::int64_t>("an integer");
    if (value < low || value > high) start.fail("expected an integer from {} to {}", low, high);
    return value;
  }
  /// What `item` reads, between brackets and with commas.
  template <class F>
  void list(F&& item) {
    expect("[");
    if (accept("]")) return;
    do item();
    while (accept(","));
    expect("]");
  }
  std::string quoted_name() {
    if (!rest().starts_with('"')) fail_expecting("a name in quotes");
    std::string name;
    for (++at_; !rest().starts_with('"'); ++at_) {
      if (at_end()) fail("a name without its closing quotes");
      const bool escaped = rest()[0] == '\\' && rest().size() > 1;
      if (escaped) ++at_;
      name += escaped && rest()[0] == 'n' ? '\n' : rest()[0];
    }
    ++at_;
    skip();
    return name;
  }
  /// Whether what comes next is written as a float.
  bool next_is_float() const {
    const std::string_view token = rest().substr(0, rest().find_first_of(" ,]"));
    return token.find_first_of(".enf") != std::string_view::npos;
  }

 private:
  static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  std::string_view rest() const { return line_.substr(at_); }
  /// Spaces, and what stands behind a '#'.
  void skip() {
    while (rest().starts_with(' ')) ++at_;
    if (rest().starts_with('#')) at_ = line_.size();
  }

  std::string_view line_;
  int number_;
  std::size_t at_ = 0;
};

/// Least and greatest of an integer type.
std::pair<std::int64_t, std::int64_t> range_of(DType type) {
  switch (type) {
    case DType::boolean:
      return {0, 1};
    case DType::u8:
      return {0, 255};
    case DType::i8:
      return {-128, 127};
    case DType::i32:
      return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    default:
      return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  }
}

Number read_element(LineCursor& line, DType type) {
  if (type == DType::f64) return line.number<double>("a number");
  if (is_float(type)) return static_cast<double>(line.number<float>("a number"));
  const auto [low, high] = range_of(type);
  return line.integer(low, high);
}

void make_up(runtime::Tensor& tensor, std::uint64_t seed) {
  Rng rng(seed);
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    if (is_float(tensor.type()))
      set_element(tensor, i, 2 * rng.uniform() - 1);
    else
      set_element(tensor, i, rng.below(2));
  }
}

DType read_dtype(LineCursor& line) {
  const LineCursor start = line;
  const std::string_view word = line.word("a type");
  const std::optional<DType> type = parse_dtype(word);
  if (!type) start.fail_expecting("a type");
  return *type;
}

void read(LineCursor& line, std::int64_t& value) { value = line.integer(-kMostNumber, kMostNumber); }
void read(LineCursor& line, int& value) { value = static_cast<int>(line.integer(0, kMostListed)); }
void read(LineCursor& line, double& value) { value = line.number<double>("a number"); }
void read(LineCursor& line, bool& value) {
  value = line.accept("true");
  if (!value) line.expect("false");
}
void read(LineCursor& line, Number& value) {
  if (line.next_is_float())
    value = line.number<double>("a number");
  else
    value = line.number<std::int64_t>("a number");
}
void read(LineCursor& line, DType& value) { value = read_dtype(line); }
void read(LineCursor& line, Layout& value) {
  value = line.accept("nhwc") ? Layout::nhwc : Layout::nchw;
  if (value == Layout::nchw) line.expect("nchw");
}
template <class T>
void read(LineCursor& line, std::vector<T>& values) {
  values.clear();
  line.list([&] {
    if (values.size() == kMostListed) line.fail("more than {} in a list", kMostListed);
    read(line, values.emplace_back());
  });
}
template <std::size_t kSize>
void read(LineCursor& line, std::array<std::int64_t, kSize>& values) {
  const LineCursor start = line;
  std::vector<std::int64_t> all;
  read(line, all);
  if (all.size() != kSize) start.fail("expected {} integers, found {}", kSize, all.size());
  std::copy(all.begin(), all.end(), values.begin());
}
void read(LineCursor& line, ops::Phases2d& p) {
  std::array<std::int64_t, 4> values{};
  read(line, values);
  p = {values[0], values[1], values[2], values[3]};
}

TensorType read_type(LineCursor& line) {
  TensorType type{read_dtype(line), {}};
  const LineCursor start = line;
  read(line, type.shape);
  if (const Status ok = check_indexable(type.shape); !ok) start.fail("{}", ok.message());
  return type;
}

bool at_least(std::int64_t least, std::span<const std::int64_t> values) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t value) { return value >= least; });
}

template <class Windowed>
bool slides(const Windowed& w) {
  return at_least(1, w.kernel) && at_least(1, w.strides) && at_least(1, w.dilations) && at_least(0, w.pad_begin) &&
         at_least(0, w.pad_end);
}

// What importers see to before they ask `infer`: the fields fit each other and the rank of the first input.
bool fits(const Conv& o, const TensorType&) {
  const ops::Phases2d& p = o.phases;
  const bool phased = p.h != 1 || p.w != 1;
  return slides(o.window) && o.groups >= 1 && at_least(1, std::array{p.h, p.w}) && p.begin_h >= 0 && p.begin_h < p.h &&
         p.begin_w >= 0 && p.begin_w < p.w &&
         (!phased || (o.groups == 1 && o.window.strides == std::array<std::int64_t, 2>{1, 1} &&
                      o.layout == Layout::nhwc && o.winograd_tile == 0)) &&
         (o.winograd_tile == 0 || ((o.winograd_tile == 2 || o.winograd_tile == 4) && o.layout == Layout::nhwc &&
                                   o.groups == 1 && o.window.kernel == std::array<std::int64_t, 2>{3, 3} &&
                                   o.window.strides == std::array<std::int64_t, 2>{1, 1} &&
                                   o.window.dilations == std::array<std::int64_t, 2>{1, 1}));
}
bool fits(const Conv3d& o, const TensorType&) { return slides(o); }
bool fits(const Pool& o, const TensorType&) { return slides(o.window) && at_least(0, o.overhang); }
bool fits(const Reduce& o, const TensorType&) {
  return std::adjacent_find(o.axes.begin(), o.axes.end(), std::greater_equal<>()) == o.axes.end();
}
bool fits(const Lrn& o, const TensorType&) { return o.size >= 1; }
bool fits(const Pad& o, const TensorType& data) {
  return std::holds_alternative<double>(o.value) == is_float(data.type);
}
bool fits(const Slice& o, const TensorType& data) {
  const std::size_t rank = data.shape.size();
  return o.starts.size() == rank && o.steps.size() == rank && o.shape.size() == rank && at_least(0, o.shape);
}
template <class Other>
bool fits(const Other&, const TensorType&) {
  return true;
}

template <class O>
constexpr std::size_t kArity = 1;
template <>
constexpr std::size_t kArity<Conv> = 2;
template <>
constexpr std::size_t kArity<Conv3d> = 2;
template <>
constexpr std::size_t kArity<MatMul> = 2;
template <>
constexpr std::size_t kArity<BatchNorm> = 5;
template <>
constexpr std::size_t kArity<Binary> = 2;
template <>
constexpr std::size_t kArity<Select> = 3;
template <>
constexpr std::size_t kArity<Gather> = 2;

class GraphParser {
 public:
  void read_line(LineCursor line) {
    if (line.at_end()) return;
    if (line.accept("input ")) {
      const std::string name(new_name(line));
      TensorType type = read_type(line);
      tensors_[name] = graph_.add_input(line.quoted_name(), std::move(type));
    } else if (line.accept("constant ")) {
      const std::string name(new_name(line));
      const TensorType type = read_type(line);
      tensors_[name] = add_constant(line, name, type);
    } else if (line.accept("output ")) {
      const TensorId tensor = known(line);
      graph_.add_output(line.quoted_name(), tensor);
    } else {
      read_node(line);
      return;
    }
    if (!line.at_end()) line.fail_expecting("the end of the line");
  }

  Graph finish() { return std::move(graph_); }

 private:
  std::string_view new_name(LineCursor& line) {
    const LineCursor start = line;
    const std::string_view name = line.word("a tensor");
    if (tensors_.contains(name)) start.fail("{} is there already", name);
    return name;
  }
  TensorId known(LineCursor& line) {
    const LineCursor start = line;
    const std::string_view name = line.word("a tensor");
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) start.fail("no line before defines {}", name);
    return found->second;
  }

  TensorId add_constant(LineCursor& line, const std::string& name, const TensorType& type) {
    const std::int64_t elements = product(type.shape);
    constant_elements_ += elements;
    if (constant_elements_ > kMostConstantElements)
      line.fail("constants of more than {} elements", kMostConstantElements);
    runtime::Tensor value(type.type, type.shape);
    std::int64_t i = 0;
    if (line.accept("seed ")) {
      const auto seed = line.number<std::uint64_t>("a seed");
      if (seed == 0) line.fail("a seed is at least 1");
      make_up(value, seed);
      if (value.bytes() >= kLeastSharedBytes) return graph_.add_constant({name, type, std::move(value), seed});
    } else if (line.accept("all ")) {
      const Number element = read_element(line, type.type);
      while (i < elements) set_element(value, i++, element);
    } else {
      line.list([&] {
        if (i == elements) line.fail("more values than the {} of shape {}", elements, shape_text(type.shape));
        set_element(value, i++, read_element(line, type.type));
      });
      if (i < elements) line.fail("{} values, expected {} for shape {}", i, elements, shape_text(type.shape));
    }
    return graph_.add_constant(name, std::move(value));
  }

  void read_node(LineCursor& line) {
    const std::string name(new_name(line));
    LineCursor start = line;
    const TensorType said = read_type(line);
    line.expect("=");
    start = line;
    const std::string_view word = line.word("an operator");
    const std::span<const Op> all = plain_ops();
    const auto plain = std::find_if(all.begin(), all.end(), [&](const Op& op) { return word_of(op) == word; });
    if (plain == all.end()) start.fail("there is no operator {}", word);
    Op op = *plain;

    std::vector<TensorId> inputs;
    std::vector<TensorType> types;
    line.expect("(");
    do {
      inputs.push_back(known(line));
      types.push_back(graph_.type(inputs.back()));
    } while (line.accept(","));
    line.expect(")");
    match_variant(op, [&]<class O>(O& o) {
      if (inputs.size() != kArity<O> && !std::is_same_v<O, Concat>)
        start.fail("{} reads {} tensors, found {}", word, kArity<O>, inputs.size());
      while (!line.at_end()) read_field(line, o);
      if (!fits(o, types[0])) start.fail("the numbers of this {} do not fit each other or its data", word);
    });

    const Result<TensorType> type = infer(op, types);
    if (!type) start.fail("{}", type.message());
    if (*type != said) start.fail("it makes {} {}", tilewright::to_text(type->type), shape_text(type->shape));
    if (const Status ok = check_types(op, types); !ok) start.fail("{}", ok.message());
    tensors_[name] = graph_.add(std::move(op), std::move(inputs), name);
  }

  template <class O>
  void read_field(LineCursor& line, O& op) {
    const LineCursor start = line;
    const std::string_view wanted = line.word("a field");
    bool found = false;
    const auto read_if = [&](std::string_view name, auto& field) {
      if (name != wanted) return;
      read(line, field);
      found = true;
    };
    each_field(op, read_if);
    if (!found) start.fail("it has no {}", wanted);
  }

  Graph graph_;
  std::map<std::string, TensorId, std::less<>> tensors_;
  std::int64_t constant_elements_ = 0;
};

}  // namespace

Result<Graph> parse(std::string_view text) {
  GraphParser parser;
  try {
    for (int number = 1; !text.empty(); ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      parser.read_line(LineCursor(text.substr(0, end), number));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  } catch (const ParseStop& stop) {
    return stop.failure;
  }
  return parser.finish();
}

}  // namespace tilewright::graph
