#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "loop/program.h"
#include "loop/text.h"
#include "te/expr.h"

namespace tilewright::loop {
namespace {

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {
    std::set<std::string> taken;
    for (const Buffer& buffer : program.buffers) {
      std::string name = buffer.name;
      for (int copy = 2; !taken.insert(name).second; ++copy) name = fmt::format("{}~{}", buffer.name, copy);
      names_.push_back(quoted(name));
    }
  }

  std::string run() {
    for (std::size_t b = 0; b < program_.buffers.size(); ++b) declare(static_cast<BufferId>(b));
    for (std::size_t stage = 0; stage < program_.hints.size(); ++stage) print(program_.hints[stage], stage);
    print(program_.body, 0);
    return std::move(text_);
  }

 private:
  void line(int depth, const std::string& text) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ');
    text_ += text + '\n';
  }

  const std::string& name(BufferId buffer) const { return names_[static_cast<std::size_t>(buffer)]; }

  std::string declaration(BufferId id) const {
    const Buffer& buffer = program_.buffer(id);
    const std::string stage = buffer.stage < 0 ? "" : fmt::format(" stage {}", buffer.stage);
    return fmt::format("{} {}[{}]{}", name(id), to_text(buffer.type), fmt::join(buffer.shape, ", "), stage);
  }

  void declare(BufferId id) {
    const Buffer& buffer = program_.buffer(id);
    if (buffer.scope == Scope::workspace) line(0, "workspace " + declaration(id));
    if (buffer.scope != Scope::argument) return;
    const te::Tensor& tensor = program_.dag->arguments()[static_cast<std::size_t>(buffer.argument)];
    const char* const role = tensor->is_constant() ? "constant" : tensor->is_placeholder() ? "input" : "output";
    std::string layout;
    for (const PackedArgument& packed : program_.packed)
      if (packed.argument == buffer.argument)
        layout = fmt::format(" packs [{}] blocks [{}] outer [{}] inner [{}]", fmt::join(packed.layout.shape, ", "),
                             fmt::join(packed.layout.block, ", "), fmt::join(packed.layout.outer, ", "),
                             fmt::join(packed.layout.inner, ", "));
    line(0, fmt::format("{} {} {}{}", role, buffer.argument, declaration(id), layout));
  }

  void print(const StageHints& hints, std::size_t stage) {
    std::vector<std::string> words;
    if (!hints.prefetch_constants) words.emplace_back("no prefetch");
    if (hints.stream_stores) words.emplace_back("streamed stores");
    if (hints.unroll_limit != 0) words.push_back(fmt::format("unroll to {}", hints.unroll_limit));
    if (!words.empty()) line(0, fmt::format("stage {}: {}", stage, fmt::join(words, ", ")));
  }

  void print(const Block& block, int depth) {
    for (const Stmt& stmt : block)
      match_variant(
          stmt.kind, [&](const For& loop) { print(loop, depth); }, [&](const If& branch) { print(branch, depth); },
          [&](const Store& store) {
            line(depth, fmt::format("{}{} = {}", store.update ? "update " : "", element(store.buffer, store.indices),
                                    value(store.value)));
          },
          [&](const Allocate& allocate) { line(depth, "allocate " + declaration(allocate.buffer)); });
  }

  void print(const For& loop, int depth) {
    std::string head = fmt::format("{} v{} in {}..{}", name_of(loop.kind), loop.var, loop.begin, loop.end);
    if (const std::int64_t extent = program_.indices.atom(loop.var).range.high + 1; extent != loop.end)
      head += fmt::format(" of {}", extent);
    if (loop.reduction) head += " reduce";
    if (!loop.name.empty() || loop.stage >= 0) head += ": " + quoted(loop.name);
    if (loop.stage >= 0) head += fmt::format(", stage {}", loop.stage);
    line(depth, head);
    for (const Prefetch& prefetch : loop.prefetches)
      line(depth + 1, fmt::format("prefetch {}[{}]", name(prefetch.buffer), index(prefetch.offset)));
    print(loop.body, depth + 1);
  }

  void print(const If& branch, int depth) {
    std::vector<std::string> conditions;
    for (const AffineExpr& c : branch.conditions) conditions.push_back(index(c) + " >= 0");
    line(depth, "if " + (conditions.empty() ? "always" : fmt::format("{}", fmt::join(conditions, " and "))));
    print(branch.then, depth + 1);
    if (branch.otherwise.empty()) return;
    line(depth, "else");
    print(branch.otherwise, depth + 1);
  }

  std::string index(const AffineExpr& i) const {
    return program_.indices.to_text(i, [&](const AffineAtom& atom) {
      return fmt::format("{{{} in {}..{}}}", value(atom.value), atom.range.low, atom.range.high + 1);
    });
  }

  std::string element(BufferId buffer, const std::vector<AffineExpr>& indices) const {
    std::vector<std::string> parts;
    for (const AffineExpr& i : indices) parts.push_back(index(i));
    return fmt::format("{}[{}]", name(buffer), fmt::join(parts, ", "));
  }

  /// i32, bool and f32 without their type, others with it: "3", "true", "0.5", "3:i64".
  static std::string constant(DType type, const Number& number) {
    if (const auto* whole = std::get_if<std::int64_t>(&number)) {
      if (type == DType::boolean) return *whole != 0 ? "true" : "false";
      return type == DType::i32 ? fmt::to_string(*whole) : fmt::format("{}:{}", *whole, to_text(type));
    }
    const double real = std::get<double>(number);
    if (std::isnan(real)) return fmt::format("{}nan:{}", std::signbit(real) ? "-" : "", to_text(type));
    const auto single = static_cast<float>(real);
    const bool is_single = type == DType::f32 && (std::isinf(real) || static_cast<double>(single) == real);
    std::string text = is_single ? fmt::format("{}", single) : fmt::format("{}", real);
    if (text.find_first_of(".ein") == std::string::npos) text += ".0";
    return is_single ? text : fmt::format("{}:{}", text, to_text(type));
  }

  std::string value(ValueId id) const {
    const DType type = program_.value(id).type;
    return match_variant(
        program_.value(id).kind, [&](const ConstantValue& n) { return constant(type, n.value); },
        [&](const IndexValue& n) {
          return type == DType::i32 ? fmt::format("index({})", index(n.index))
                                    : fmt::format("index:{}({})", to_text(type), index(n.index));
        },
        [&](const NonNegative& n) { return fmt::format("index({} >= 0)", index(n.index)); },
        [&](const LoadValue& n) { return element(n.buffer, n.indices); },
        [&](const UnaryValue& n) { return te::to_text(n.op, value(n.a)); },
        [&](const BinaryValue& n) { return te::to_text(n.op, value(n.a), value(n.b)); },
        [&](const SelectValue& n) {
          return fmt::format("select({}, {}, {})", value(n.condition), value(n.on_true), value(n.on_false));
        },
        [&](const CastValue& n) { return fmt::format("{}({})", to_text(type), value(n.a)); });
  }

  const Program& program_;
  std::vector<std::string> names_;  ///< by buffer, as they are printed
  std::string text_;
};

}  // namespace

std::string_view name_of(LoopKind kind) {
  switch (kind) {
    case LoopKind::serial:
      return "for";
    case LoopKind::parallel:
      return "parallel";
    case LoopKind::vectorized:
      return "vectorize";
    case LoopKind::unrolled:
      return "unroll";
  }
  return "?";
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '@' || c == '~';
}

std::string quoted(const std::string& name) {
  const bool starts_well = !name.empty() && is_plain(name[0]) && !(name[0] >= '0' && name[0] <= '9') && name[0] != '.';
  if (starts_well && std::all_of(name.begin(), name.end(), is_plain)) return name;
  std::string text = "\"";
  for (const char c : name) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string to_text(const Program& program) { return Printer(program).run(); }

}  // namespace tilewright::loop
