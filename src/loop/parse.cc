#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/integer.h"
#include "base/rounding.h"
#include "loop/program.h"
#include "loop/text.h"
#include "te/comparison.h"
#include "te/expr.h"

namespace tilewright::loop {
namespace {

constexpr int kMostNested = 500;         ///< parentheses, brackets and blocks inside one another
constexpr int kMostVariables = 1 << 16;  ///< v0 … v65535
constexpr int kMostStages = 1 << 12;
constexpr int kMostDimensions = 64;
constexpr std::int64_t kMostExtent = std::int64_t{1} << 31;    ///< of a loop or dimension
constexpr std::int64_t kMostElements = std::int64_t{1} << 40;  ///< of a buffer
constexpr std::int64_t kMostIndex = std::int64_t{1} << 48;     ///< by magnitude: sums of many stay in 64 bits

/// Ends the parse at the first error.
struct Stop {
  Failure failure;
};

/// A line without its indentation, and where it stands.
struct Line {
  std::string_view text;
  int number, depth;
};

/// The tokens of one line.
class Cursor {
 public:
  explicit Cursor(const Line& line) : line_(line) { skip(); }

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Stop{failure("line {}, column {}: {}", line_.number, line_.depth * 2 + static_cast<int>(at_) + 1,
                       fmt::format(format, std::forward<Args>(args)...))};
  }
  [[noreturn]] void fail_expecting(std::string_view what) const {
    if (at_end()) fail("expected {}, found the end of the line", what);
    fail("expected {}, found '{}'", what, rest().substr(0, rest().find(' ')).substr(0, 20));
  }

  /// The text from here to where `end` stands.
  std::string_view up_to(const Cursor& end) const { return line_.text.substr(at_, end.at_ - at_); }

  bool at_end() const { return at_ == line_.text.size(); }
  void expect_end() const {
    if (!at_end()) fail_expecting("the end of the line");
  }
  bool next_is(std::string_view token) const { return rest().starts_with(token); }
  /// A word that is not the start of a longer one.
  bool next_is_word(std::string_view word) const {
    return next_is(word) && (rest().size() == word.size() || !is_plain(rest()[word.size()]));
  }
  bool accept(std::string_view token) {
    if (!next_is(token)) return false;
    at_ += token.size();
    skip();
    return true;
  }
  bool accept_word(std::string_view word) { return next_is_word(word) && accept(word); }
  void expect(std::string_view token) {
    if (!accept(token)) fail_expecting(fmt::format("'{}'", token));
  }

  bool next_is_digit() const { return !at_end() && rest()[0] >= '0' && rest()[0] <= '9'; }
  std::int64_t integer(std::int64_t low, std::int64_t high, std::string_view what) {
    std::int64_t value = 0;
    const char* const begin = rest().data();
    const auto [end, error] = std::from_chars(begin, begin + rest().size(), value);
    if (error == std::errc::invalid_argument) fail_expecting(what);
    if (error != std::errc() || value < low || value > high) fail("expected {} from {} to {}", what, low, high);
    at_ += static_cast<std::size_t>(end - begin);
    skip();
    return value;
  }
  /// The characters of a number, sign included: decimal, "inf" or "nan".
  std::string_view number() {
    std::size_t length = next_is("-") ? 1 : 0;
    const auto digit = [&](std::size_t i) { return i < rest().size() && is_plain(rest()[i]); };
    while (digit(length) || (length > 1 && length < rest().size() && rest()[length - 1] == 'e' && rest()[0] != 'n' &&
                             (rest()[length] == '-' || rest()[length] == '+')))
      ++length;
    const std::string_view text = rest().substr(0, length);
    at_ += length;
    return text;
  }
  void end_of_token() { skip(); }

  bool next_is_name() const {
    return next_is("\"") || (!at_end() && is_plain(rest()[0]) && !next_is_digit() && rest()[0] != '.');
  }
  std::string name(std::string_view what) {
    if (!next_is_name()) fail_expecting(what);
    std::string name;
    if (next_is("\"")) {
      for (++at_; !next_is("\""); ++at_) {
        if (at_end()) fail("a name without its closing quotes");
        const bool escaped = next_is("\\") && at_ + 1 < line_.text.size();
        if (escaped) ++at_;
        name += escaped && next_is("n") ? '\n' : rest()[0];
      }
      ++at_;
    } else {
      for (; !at_end() && is_plain(rest()[0]); ++at_) name += rest()[0];
    }
    skip();
    return name;
  }

 private:
  std::string_view rest() const { return line_.text.substr(at_); }
  /// Spaces, and what stands behind a '#'.
  void skip() {
    while (next_is(" ")) ++at_;
    if (next_is("#")) at_ = line_.text.size();
  }

  Line line_;
  std::size_t at_ = 0;
};

/// Operations by what they are printed as.
struct Operations {
  std::map<std::string, te::UnaryOp, std::less<>> unary;              ///< "tir.exp"
  std::map<std::string, te::BinaryOp, std::less<>> binary_functions;  ///< "min"
  std::vector<std::pair<std::string, te::BinaryOp>> infix;            ///< "+", longer ones first

  Operations() {
    for (int op = 0; op <= static_cast<int>(te::UnaryOp::atanh); ++op) {
      const std::string text = te::to_text(static_cast<te::UnaryOp>(op), "");
      unary.emplace(text.substr(0, text.find('(')), static_cast<te::UnaryOp>(op));
    }
    for (int op = 0; op <= static_cast<int>(te::BinaryOp::bit_xor); ++op) {
      std::string text = te::to_text(static_cast<te::BinaryOp>(op), "", "");
      if (text[0] != '(') {
        binary_functions.emplace(text.substr(0, text.find('(')), static_cast<te::BinaryOp>(op));
        continue;
      }
      std::erase_if(text, [](char c) { return c == '(' || c == ')' || c == ' '; });
      infix.emplace_back(text, static_cast<te::BinaryOp>(op));
    }
    std::sort(infix.begin(), infix.end(), [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  }
  static const Operations& all() {
    static const Operations kAll;
    return kAll;
  }
};

constexpr LoopKind kLoopKinds[] = {LoopKind::serial, LoopKind::parallel, LoopKind::vectorized, LoopKind::unrolled};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    int number = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      add_line(text.substr(0, end), ++number);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    end_ = {{}, number + 1, 0};
  }

  Program run() {
    bind_variables();
    while (next_ < lines_.size() && declare(line())) ++next_;
    program_.dag = arguments();
    program_.body = block(0);
    if (next_ < lines_.size()) Cursor(line()).fail("a statement is indented further than the one before allows");
    return std::move(program_);
  }

 private:
  void add_line(std::string_view text, int number) {
    const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
    if (indent == text.size() || text[indent] == '#') return;
    const Line line{text.substr(indent), number, static_cast<int>(indent / 2)};
    if (indent % 2 != 0) Cursor(line).fail("an odd number of spaces before a statement");
    lines_.push_back(line);
  }

  const Line& line() const { return next_ < lines_.size() ? lines_[next_] : end_; }

  /// Every variable of a loop is an atom of the number in its name, so indices can be read in one go.
  void bind_variables() {
    std::map<int, std::int64_t> extents;
    for (const Line& line : lines_) {
      Cursor cursor(line);
      if (!loop_kind(cursor)) continue;
      const int var = variable(cursor);
      range_of_loop(cursor);
      const std::int64_t extent = extent_of_loop(cursor);
      const auto [known, is_new] = extents.emplace(var, extent);
      if (!is_new && known->second != extent) cursor.fail("v{} has the extents {} and {}", var, known->second, extent);
      bound_.insert(var);
    }
    const int count = extents.empty() ? 0 : extents.rbegin()->first + 1;
    for (int var = 0; var < count; ++var) program_.indices.add_loop(extents.contains(var) ? extents[var] : 1);
  }

  static std::optional<LoopKind> loop_kind(Cursor& cursor) {
    for (const LoopKind kind : kLoopKinds) {
      Cursor ahead = cursor;
      if (!ahead.accept_word(name_of(kind)) || !ahead.next_is("v")) continue;
      cursor = ahead;
      return kind;
    }
    return std::nullopt;
  }
  static int variable(Cursor& cursor) {
    if (!cursor.next_is("v")) cursor.fail_expecting("a loop variable");
    Cursor number = cursor;
    number.accept("v");
    if (!number.next_is_digit()) cursor.fail_expecting("a loop variable");
    const auto var = static_cast<int>(number.integer(0, kMostVariables - 1, "the number of a loop variable"));
    cursor = number;
    return var;
  }
  /// "in 0..16": sets loop_begin_ and loop_end_.
  void range_of_loop(Cursor& cursor) {
    cursor.expect("in");
    loop_begin_ = cursor.integer(0, kMostExtent, "where the loop begins");
    cursor.expect("..");
    loop_end_ = cursor.integer(1, kMostExtent, "where the loop ends");
  }
  std::int64_t extent_of_loop(Cursor& cursor) {
    return cursor.accept_word("of") ? cursor.integer(loop_end_, kMostExtent, "the extent of the variable") : loop_end_;
  }

  static int stage_number(Cursor& cursor) {
    return static_cast<int>(cursor.integer(0, kMostStages - 1, "the number of a stage"));
  }

  // Declarations

  /// Whether the line is one.
  bool declare(const Line& line) {
    if (line.depth != 0) return false;
    Cursor cursor(line);
    for (const std::string_view role : {"input", "constant", "output"}) {
      Cursor ahead = cursor;
      if (!ahead.accept_word(role) || !ahead.next_is_digit()) continue;
      declare_argument(ahead, role);
      return true;
    }
    Cursor ahead = cursor;
    if (ahead.accept_word("workspace") && ahead.next_is_name()) {
      declare_buffer(ahead, Scope::workspace, -1);
      ahead.expect_end();
      return true;
    }
    if (cursor.accept_word("stage") && cursor.next_is_digit()) {
      declare_hints(cursor);
      return true;
    }
    return false;
  }

  void declare_argument(Cursor& cursor, std::string_view role) {
    const auto position = static_cast<int>(cursor.integer(0, kMostVariables, "the position of an argument"));
    const Cursor at = cursor;
    const BufferId id = declare_buffer(cursor, Scope::argument, position);
    te::Tensor tensor = role == "output" ? zeros(program_.buffer(id)) : te::Tensor();
    if (role != "output") {
      std::vector<std::int64_t> shape = program_.buffer(id).shape;
      if (cursor.next_is_word("packs")) shape = packed(cursor, position, shape);
      const Buffer& buffer = program_.buffer(id);
      tensor = role == "constant" ? te::constant_placeholder(shape, buffer.name, buffer.type)
                                  : te::placeholder(shape, buffer.name, buffer.type);
    }
    cursor.expect_end();
    if (!arguments_.emplace(position, tensor).second) at.fail("argument {} is declared twice", position);
  }

  static te::Tensor zeros(const Buffer& buffer) {
    return te::compute(buffer.shape, buffer.name, [&](std::span<const te::Expr>) {
      return te::constant(buffer.type, is_float(buffer.type) ? Number(0.0) : Number(std::int64_t{0}));
    });
  }

  te::DagRef arguments() const {
    std::vector<te::Tensor> tensors;
    for (const auto& [position, tensor] : arguments_) {
      if (position != std::ssize(tensors)) Cursor(line()).fail("argument {} is not declared", tensors.size());
      tensors.push_back(tensor);
    }
    return te::Dag::make(tensors, tensors);
  }

  BufferId declare_buffer(Cursor& cursor, Scope scope, int argument) {
    const Cursor at = cursor;
    Buffer buffer;
    buffer.name = cursor.name("the name of a buffer");
    buffer.type = type(cursor);
    buffer.shape = list(cursor, 1, kMostExtent, "an extent");
    std::int64_t elements = 1;
    for (const std::int64_t extent : buffer.shape)
      if ((elements *= extent) > kMostElements) at.fail("{} has more than {} elements", buffer.name, kMostElements);
    if (cursor.accept_word("stage")) buffer.stage = stage_number(cursor);
    buffer.scope = scope;
    buffer.argument = argument;
    const auto known = buffers_.find(buffer.name);
    if (known != buffers_.end()) {
      const Buffer& before = program_.buffer(known->second);
      const bool is_same = scope == Scope::local && before.scope == scope && before.type == buffer.type &&
                           before.shape == buffer.shape && before.stage == buffer.stage;
      if (!is_same) at.fail("{} is declared before, and otherwise", buffer.name);
      return known->second;
    }
    const auto id = static_cast<BufferId>(program_.buffers.size());
    buffers_.emplace(buffer.name, id);
    program_.buffers.push_back(std::move(buffer));
    return id;
  }

  static DType type(Cursor& cursor) {
    const Cursor at = cursor;
    const std::string text = cursor.name("an element type");
    const std::optional<DType> type = parse_dtype(text);
    if (!type || to_text(*type) != text) at.fail("{} is no element type", text);
    return *type;
  }

  static std::vector<std::int64_t> list(Cursor& cursor, std::int64_t low, std::int64_t high, std::string_view what) {
    std::vector<std::int64_t> numbers;
    cursor.expect("[");
    while (!cursor.accept("]")) {
      if (!numbers.empty()) cursor.expect(",");
      if (std::ssize(numbers) == kMostDimensions) cursor.fail("more than {} dimensions", kMostDimensions);
      numbers.push_back(cursor.integer(low, high, what));
    }
    return numbers;
  }

  /// Keeps the layout; returns the shape of the array that is laid out.
  std::vector<std::int64_t> packed(Cursor& cursor, int argument, const std::vector<std::int64_t>& shape) {
    const Cursor at = cursor;
    BlockedLayout layout;
    cursor.expect("packs");
    layout.shape = list(cursor, 1, kMostExtent, "an extent");
    cursor.expect("blocks");
    layout.block = list(cursor, 1, kMostExtent, "a length");
    if (layout.block.size() != layout.shape.size())
      at.fail("{} dimensions in blocks of {}", layout.shape.size(), layout.block.size());
    cursor.expect("outer");
    layout.outer = dimensions(cursor, layout);
    cursor.expect("inner");
    layout.inner = dimensions(cursor, layout);
    for (int d = 0; d < static_cast<int>(layout.shape.size()); ++d) {
      const auto absent = [&](const std::vector<int>& order) {
        return std::find(order.begin(), order.end(), d) == order.end();
      };
      if ((absent(layout.outer) && layout.blocks(d) > 1) ||
          (absent(layout.inner) && layout.block[static_cast<std::size_t>(d)] > 1))
        at.fail("the layout leaves out dimension {}", d);
    }
    if (layout.blocked_shape() != shape) at.fail("the shape is not that of the blocks");
    program_.packed.push_back({argument, layout});
    return layout.shape;
  }
  static std::vector<int> dimensions(Cursor& cursor, const BlockedLayout& layout) {
    const Cursor at = cursor;
    std::vector<int> order;
    for (const std::int64_t d : list(cursor, 0, std::ssize(layout.shape) - 1, "a dimension")) {
      if (std::find(order.begin(), order.end(), d) != order.end()) at.fail("dimension {} stands there twice", d);
      order.push_back(static_cast<int>(d));
    }
    return order;
  }

  void declare_hints(Cursor& cursor) {
    const auto stage = static_cast<std::size_t>(stage_number(cursor));
    if (program_.hints.size() <= stage) program_.hints.resize(stage + 1);
    StageHints& hints = program_.hints[stage];
    cursor.expect(":");
    do {
      if (cursor.accept("no prefetch"))
        hints.prefetch_constants = false;
      else if (cursor.accept("streamed stores"))
        hints.stream_stores = true;
      else if (cursor.accept("unroll to"))
        hints.unroll_limit = cursor.integer(1, std::numeric_limits<int>::max(), "a number of stores");
      else
        cursor.fail_expecting("'no prefetch', 'streamed stores' or 'unroll to'");
    } while (cursor.accept(","));
    cursor.expect_end();
  }

  // Statements

  Block block(int depth) {
    if (depth > kMostNested) Cursor(line()).fail("more than {} blocks inside one another", kMostNested);
    Block statements;
    while (next_ < lines_.size() && line().depth == depth && !is_else()) statements.push_back(statement(depth));
    return statements;
  }

  bool is_else() const {
    Cursor cursor(line());
    return cursor.accept_word("else") && cursor.at_end();
  }

  Stmt statement(int depth) {
    Cursor cursor(line());
    const Cursor at = cursor;
    if (const auto kind = loop_kind(cursor)) return {loop(cursor, *kind, depth)};
    if (cursor.accept_word("if") && !cursor.next_is("[")) return {branch(cursor, depth)};
    cursor = at;
    if (cursor.accept_word("allocate") && cursor.next_is_name()) {
      const BufferId buffer = declare_buffer(cursor, Scope::local, -1);
      return {end(cursor, Allocate{buffer})};
    }
    cursor = at;
    const bool update = cursor.accept_word("update") && cursor.next_is_name();
    if (!update) cursor = at;
    Store store = element<Store>(cursor);
    store.update = update;
    cursor.expect("=");
    store.value = value(cursor);
    return {end(cursor, std::move(store))};
  }

  template <class Kind>
  Kind end(const Cursor& cursor, Kind statement) {
    cursor.expect_end();
    ++next_;
    return statement;
  }

  For loop(Cursor& cursor, LoopKind kind, int depth) {
    For loop{variable(cursor), 0, 0, kind, false, -1, {}, {}};
    range_of_loop(cursor);
    extent_of_loop(cursor);
    loop.begin = loop_begin_;
    loop.end = loop_end_;
    loop.reduction = cursor.accept_word("reduce");
    if (cursor.accept(":")) loop.name = cursor.name("the name of the loop");
    if (cursor.accept(",")) {
      cursor.expect("stage");
      loop.stage = stage_number(cursor);
    }
    cursor.expect_end();
    ++next_;
    while (next_ < lines_.size() && line().depth == depth + 1) {
      Cursor inner(line());
      if (!inner.accept_word("prefetch") || !inner.next_is_name()) break;
      const BufferId id = buffer(inner);
      inner.expect("[");
      loop.prefetches.push_back({id, index(inner)});
      inner.expect("]");
      inner.expect_end();
      ++next_;
    }
    loop.body = block(depth + 1);
    return loop;
  }

  If branch(Cursor& cursor, int depth) {
    If branch;
    if (!cursor.accept_word("always")) {
      do branch.conditions.push_back(condition(cursor));
      while (cursor.accept_word("and"));
    }
    cursor.expect_end();
    ++next_;
    branch.then = block(depth + 1);
    if (next_ == lines_.size() || line().depth != depth || !is_else()) return branch;
    ++next_;
    branch.otherwise = block(depth + 1);
    return branch;
  }

  AffineExpr condition(Cursor& cursor) {
    const AffineExpr of = index(cursor);
    cursor.expect(">=");
    if (cursor.integer(0, 0, "0") == 0) return of;
    return {};
  }

  BufferId buffer(Cursor& cursor) {
    const Cursor at = cursor;
    const std::string name = cursor.name("a buffer");
    const auto known = buffers_.find(name);
    if (known == buffers_.end()) at.fail("{} is not declared", name);
    return known->second;
  }

  /// "C[v0, v1 + 1]", of a store or a load.
  template <class Element>
  Element element(Cursor& cursor) {
    const Cursor at = cursor;
    Element element;
    element.buffer = buffer(cursor);
    cursor.expect("[");
    while (!cursor.accept("]")) {
      if (!element.indices.empty()) cursor.expect(",");
      element.indices.push_back(index(cursor));
    }
    const Buffer& of = program_.buffer(element.buffer);
    if (element.indices.size() != of.shape.size())
      at.fail("{} has {} dimensions and is given {} indices", of.name, of.shape.size(), element.indices.size());
    return element;
  }

  // Indices

  class Nested {
   public:
    Nested(int& depth, const Cursor& cursor) : depth_(depth) {
      if (++depth_ > kMostNested) cursor.fail("more than {} brackets inside one another", kMostNested);
    }
    ~Nested() { --depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    int& depth_;
  };

  AffineExpr index(Cursor& cursor) {
    const Nested nested(nested_, cursor);
    AffineExpr sum = term(cursor, cursor.accept("-"));
    while (cursor.next_is("+") || cursor.next_is("-")) {
      const bool minus = cursor.accept("-");
      if (!minus) cursor.expect("+");
      sum = checked(cursor, sum + term(cursor, minus));
    }
    return sum;
  }

  /// The index, if what it can be is small enough to calculate with.
  AffineExpr checked(const Cursor& cursor, AffineExpr i) const {
    const Range range = program_.indices.range(i);
    const bool fits = range.low >= -kMostIndex && range.high <= kMostIndex;
    if (!fits) cursor.fail("an index beyond {}", kMostIndex);
    return i;
  }

  AffineExpr term(Cursor& cursor, bool minus) {
    std::int64_t factor = 1;
    if (cursor.next_is_digit()) {
      factor = cursor.integer(0, kMostIndex, "a number");
      if (!cursor.accept("*")) return AffineExpr(minus ? -factor : factor);
    }
    const AffineExpr of = atom(cursor);
    const Range range = program_.indices.range(of);
    const std::int64_t largest = std::max(std::abs(range.low), std::abs(range.high));
    if (largest > 0 && factor > kMostIndex / largest) cursor.fail("an index beyond {}", kMostIndex);
    return of * (minus ? -factor : factor);
  }

  AffineExpr atom(Cursor& cursor) {
    if (cursor.accept("(")) {
      const AffineExpr of = index(cursor);
      const bool quotient = cursor.accept("/");
      if (!quotient) cursor.expect("%");
      const std::int64_t divisor = cursor.integer(1, kMostIndex, "a divisor");
      cursor.expect(")");
      return quotient ? program_.indices.quotient(of, divisor) : program_.indices.remainder(of, divisor);
    }
    if (cursor.accept("{")) return loaded(cursor);
    const Cursor at = cursor;
    const int var = variable(cursor);
    if (!bound_.contains(var)) at.fail("no loop binds v{}", var);
    return AffineTable::variable(var);
  }

  /// "{x[v0] in 0..10}"; the same value is the same atom.
  AffineExpr loaded(Cursor& cursor) {
    const Cursor at = cursor;
    const ValueId id = value(cursor);
    if (is_float(program_.value(id).type)) at.fail("an index of a float type");
    cursor.expect("in");
    const std::int64_t low = cursor.integer(-kMostExtent, kMostExtent, "the least value");
    cursor.expect("..");
    const std::int64_t end = cursor.integer(low + 1, kMostExtent, "the end of the values");
    const std::string text(at.up_to(cursor));
    cursor.expect("}");
    const auto known = atoms_of_values_.find(text);
    if (known != atoms_of_values_.end()) return AffineTable::variable(known->second);
    const int atom = program_.indices.add_value(id, {low, end - 1});
    atoms_of_values_.emplace(text, atom);
    return AffineTable::variable(atom);
  }

  // Values

  ValueId value(Cursor& cursor) {
    const Nested nested(nested_, cursor);
    if (cursor.next_is("(")) return infix(cursor);
    if (cursor.next_is_digit() || cursor.next_is("-")) return constant(cursor);
    const Cursor at = cursor;
    const bool is_quoted = cursor.next_is("\"");
    const std::string word = cursor.name("a value");
    const bool is_load = is_quoted || cursor.next_is("[");
    cursor = at;
    if (is_load) {
      LoadValue load = element<LoadValue>(cursor);
      const DType type = program_.buffer(load.buffer).type;
      return program_.add({type, std::move(load)});
    }
    if (word == "true" || word == "false" || word.starts_with("inf") || word.starts_with("nan"))
      return constant(cursor);
    cursor.name("a value");
    return function(cursor, at, word);
  }

  DType type_of(ValueId id) const { return program_.value(id).type; }

  ValueId infix(Cursor& cursor) {
    cursor.expect("(");
    const ValueId a = value(cursor);
    const Cursor at = cursor;
    for (const auto& [text, op] : Operations::all().infix) {
      if (!cursor.accept(text)) continue;
      const ValueId b = value(cursor);
      cursor.expect(")");
      return binary(at, op, a, b);
    }
    cursor.fail_expecting("an operation");
  }

  ValueId binary(const Cursor& at, te::BinaryOp op, ValueId a, ValueId b) {
    if (type_of(a) != type_of(b)) at.fail("operands of types {} and {}", to_text(type_of(a)), to_text(type_of(b)));
    const bool logical = op == te::BinaryOp::logical_and || op == te::BinaryOp::logical_or;
    const bool integral = op == te::BinaryOp::floor_div || op == te::BinaryOp::floor_mod || te::is_bitwise(op);
    const bool real = op == te::BinaryOp::pow || op == te::BinaryOp::fmod;
    const DType type = type_of(a);
    if ((logical && type != DType::boolean) || (integral && is_float(type)) || (real && !is_float(type)) ||
        (!logical && !te::is_comparison(op) && type == DType::boolean))
      at.fail("an operation that {} does not have", to_text(type));
    return program_.add({logical || te::is_comparison(op) ? DType::boolean : type, BinaryValue{op, a, b}});
  }

  ValueId function(Cursor& cursor, const Cursor& at, const std::string& word) {
    if (word == "index") return index_value(cursor);
    const Operations& known = Operations::all();
    const auto unary = known.unary.find(word);
    const auto binary_function = known.binary_functions.find(word);
    const std::optional<DType> cast = parse_dtype(word);
    const bool is_cast = cast && to_text(*cast) == word;
    if (unary == known.unary.end() && binary_function == known.binary_functions.end() && !is_cast && word != "select")
      at.fail("{} is no value or function", word);
    cursor.expect("(");
    const ValueId a = value(cursor);
    if (unary != known.unary.end() || is_cast) {
      cursor.expect(")");
      return is_cast ? program_.add({*cast, CastValue{a}}) : this->unary(at, unary->second, a);
    }
    cursor.expect(",");
    const ValueId b = value(cursor);
    if (word == "select") return select(cursor, at, a, b);
    cursor.expect(")");
    return binary(at, binary_function->second, a, b);
  }

  ValueId unary(const Cursor& at, te::UnaryOp op, ValueId a) {
    const DType type = type_of(a);
    const bool of_integers = op == te::UnaryOp::neg || op == te::UnaryOp::abs;
    const bool fits = op == te::UnaryOp::logical_not ? type == DType::boolean
                                                     : is_float(type) || (of_integers && type != DType::boolean);
    if (!fits) at.fail("an operation that {} does not have", to_text(type));
    return program_.add({type, UnaryValue{op, a}});
  }

  ValueId select(Cursor& cursor, const Cursor& at, ValueId condition, ValueId on_true) {
    cursor.expect(",");
    const ValueId on_false = value(cursor);
    cursor.expect(")");
    if (type_of(condition) != DType::boolean) at.fail("a condition of type {}", to_text(type_of(condition)));
    if (type_of(on_true) != type_of(on_false))
      at.fail("operands of types {} and {}", to_text(type_of(on_true)), to_text(type_of(on_false)));
    return program_.add({type_of(on_true), SelectValue{condition, on_true, on_false}});
  }

  ValueId index_value(Cursor& cursor) {
    const DType held = cursor.accept(":") ? type(cursor) : DType::i32;
    cursor.expect("(");
    const AffineExpr of = index(cursor);
    if (cursor.accept(">=")) {
      cursor.integer(0, 0, "0");
      cursor.expect(")");
      return program_.add({DType::boolean, NonNegative{of}});
    }
    cursor.expect(")");
    return program_.add({held, IndexValue{of}});
  }

  /// "3", "0.5", "true", "3:i64", "-inf:f64".
  ValueId constant(Cursor& cursor) {
    const Cursor at = cursor;
    const std::string_view text = cursor.number();
    const bool is_bool = text == "true" || text == "false";
    const bool is_real = !is_bool && text.find_first_of(".ein") != std::string_view::npos;
    DType held = is_bool ? DType::boolean : is_real ? DType::f32 : DType::i32;
    const bool is_typed = cursor.accept(":");
    if (is_typed) held = type(cursor);
    cursor.end_of_token();
    if (is_bool && !is_typed) return program_.add({held, ConstantValue{std::int64_t{text == "true"}}});
    if (is_float(held) != is_real || is_bool || held == DType::boolean)
      at.fail("{} is no constant of type {}", text, to_text(held));
    if (!is_real) {
      std::int64_t whole = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
      if (error != std::errc() || end != text.data() + text.size() || wrap_integer(held, whole) != whole)
        at.fail("{} is no constant of type {}", text, to_text(held));
      return program_.add({held, ConstantValue{whole}});
    }
    float single = 0;
    double real = 0;
    const bool is_single = held == DType::f32 && !is_typed;
    const auto [end, error] = is_single ? std::from_chars(text.data(), text.data() + text.size(), single)
                                        : std::from_chars(text.data(), text.data() + text.size(), real);
    if (error != std::errc() || end != text.data() + text.size())
      at.fail("{} is no constant of type {}", text, to_text(held));
    return program_.add({held, ConstantValue{is_single ? static_cast<double>(single) : real}});
  }

  std::vector<Line> lines_;
  Line end_{};            ///< behind the last
  std::size_t next_ = 0;  ///< line
  int nested_ = 0;
  std::int64_t loop_begin_ = 0, loop_end_ = 0;  ///< of the loop that was read last
  std::set<int> bound_;                         ///< variables of loops
  std::map<std::string, BufferId, std::less<>> buffers_;
  std::map<int, te::Tensor> arguments_;  ///< by position
  std::map<std::string, int> atoms_of_values_;
  Program program_;
};

}  // namespace

Result<Program> parse(std::string_view text) {
  try {
    return Parser(text).run();
  } catch (const Stop& stop) {
    return stop.failure;
  }
}

}  // namespace tilewright::loop
