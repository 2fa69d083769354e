#include <fmt/format.h>

#include "loop/program.h"
#include "te/expr.h"

namespace tilewright::loop {
namespace {

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

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}
  std::string run() {
    print(program_.body, 0);
    return std::move(text_);
  }

 private:
  void line(int depth, const std::string& text) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ');
    text_ += text + '\n';
  }

  void print(const Block& block, int depth) {
    for (const Stmt& stmt : block)
      match_variant(
          stmt.kind,
          [&](const For& loop) {
            line(depth,
                 fmt::format("{} v{} in {}..{}  # {}", name_of(loop.kind), loop.var, loop.begin, loop.end, loop.name));
            for (const Prefetch& prefetch : loop.prefetches)
              line(depth + 1, fmt::format("prefetch {}[{}]", program_.buffer(prefetch.buffer).name,
                                          program_.indices.to_text(prefetch.offset)));
            print(loop.body, depth + 1);
          },
          [&](const If& branch) {
            std::string conditions;
            for (const AffineExpr& c : branch.conditions)
              conditions += (conditions.empty() ? "" : " and ") + program_.indices.to_text(c) + " >= 0";
            line(depth, "if " + conditions);
            print(branch.then, depth + 1);
            if (branch.otherwise.empty()) return;
            line(depth, "else");
            print(branch.otherwise, depth + 1);
          },
          [&](const Store& store) {
            const bool streams = program_.hints_of(program_.buffer(store.buffer).stage).stream_stores;
            line(depth, fmt::format("{} = {}{}", element(store.buffer, store.indices), value(store.value),
                                    streams ? "  # streamed" : ""));
          },
          [&](const Allocate& allocate) {
            const Buffer& buffer = program_.buffer(allocate.buffer);
            line(depth,
                 fmt::format("allocate {} {}[{}]", buffer.name, to_text(buffer.type), fmt::join(buffer.shape, ", ")));
          });
  }

  std::string element(BufferId buffer, const std::vector<AffineExpr>& indices) const {
    std::vector<std::string> parts;
    for (const AffineExpr& index : indices) parts.push_back(program_.indices.to_text(index));
    return fmt::format("{}[{}]", program_.buffer(buffer).name, fmt::join(parts, ", "));
  }

  std::string value(ValueId id) const {
    return match_variant(
        program_.value(id).kind,
        [](const ConstantValue& n) { return match_variant(n.value, [](auto v) { return fmt::format("{}", v); }); },
        [&](const IndexValue& n) { return fmt::format("({})", program_.indices.to_text(n.index)); },
        [&](const NonNegative& n) { return fmt::format("({} >= 0)", program_.indices.to_text(n.index)); },
        [&](const LoadValue& n) { return element(n.buffer, n.indices); },
        [&](const UnaryValue& n) { return te::to_text(n.op, value(n.a)); },
        [&](const BinaryValue& n) { return te::to_text(n.op, value(n.a), value(n.b)); },
        [&](const SelectValue& n) {
          return fmt::format("select({}, {}, {})", value(n.condition), value(n.on_true), value(n.on_false));
        },
        [&](const CastValue& n) { return fmt::format("{}({})", to_text(program_.value(id).type), value(n.a)); });
  }

  const Program& program_;
  std::string text_;
};

}  // namespace

std::string to_text(const Program& program) { return Printer(program).run(); }

}  // namespace tilewright::loop
