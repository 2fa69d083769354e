#include <algorithm>
#include <optional>

#include "backend/cpu/passes.h"
#include "backend/cpu/passes/leaves.h"
#include "backend/cpu/passes/nest.h"
#include "base/integer.h"

namespace tilewright::cpu {
namespace {

using loop::AffineExpr;
using loop::AffineTable;
using loop::Block;
using loop::For;
using loop::LoadValue;
using loop::LoopKind;

// Heuristics.
constexpr std::int64_t kLeastTensor = 128 << 10;  ///< bytes; a smaller one arrives soon enough
constexpr std::int64_t kLeastBlock = 4 << 10;     ///< bytes; a smaller one is but the start of a stream
constexpr std::int64_t kMostBlock = 1 << 20;      ///< bytes; a larger one would push out what is in use
constexpr std::int64_t kMostLines = 8;            ///< per iteration of the innermost loop
constexpr std::int64_t kLineBytes = 64;           ///< on x86-64 and most of AArch64

/// What the loops around a load of weights do to its address.
struct Walk {
  std::int64_t block = 1;       ///< elements that the reductions read, densely, before they start anew
  AffineExpr start;             ///< where that block begins
  std::int64_t next = 0;        ///< elements from a block to the one that follows it
  std::int64_t iterations = 1;  ///< of the innermost loop, before the next block is read
  AffineExpr iteration;         ///< which of them it is
};

class Prefetcher {
 public:
  explicit Prefetcher(loop::Program& program) : program_(program) {}

  void visit(Block& block) {
    for (loop::Stmt& stmt : block) {
      if (auto* branch = std::get_if<loop::If>(&stmt.kind)) {
        visit(branch->then);
        visit(branch->otherwise);
      }
      if (auto* loop = std::get_if<For>(&stmt.kind)) visit(*loop);
    }
  }

 private:
  void visit(For& loop) {
    around_.push_back(&loop);
    const bool is_innermost = loop.kind == LoopKind::serial && loop.reduction && !has_serial_loop(loop.body);
    if (is_innermost)
      prefetch(loop);
    else
      visit(loop.body);
    around_.pop_back();
  }

  static bool has_serial_loop(const Block& block) {
    return std::any_of(block.begin(), block.end(), [](const loop::Stmt& stmt) {
      if (const auto* branch = std::get_if<loop::If>(&stmt.kind))
        return has_serial_loop(branch->then) || has_serial_loop(branch->otherwise);
      const auto* loop = std::get_if<For>(&stmt.kind);
      return loop &&
             (loop->kind == LoopKind::serial || loop->kind == LoopKind::parallel || has_serial_loop(loop->body));
    });
  }

  void prefetch(For& innermost) {
    if (!program_.hints_of(innermost.stage).prefetch_constants) return;
    std::vector<const For*> inside;
    std::vector<LoadValue> loads;
    find_loads(innermost.body, inside, loads);
    for (const LoadValue& load : loads) {
      if (!is_large_constant(load.buffer)) continue;
      if (const std::optional<Walk> walk = follow(load, inside)) add(innermost, load.buffer, *walk);
    }
  }

  /// Loads of the stores in straight-line code, each buffer once; and the loops written out around them.
  void find_loads(const Block& block, std::vector<const For*>& inside, std::vector<LoadValue>& loads) const {
    for (const loop::Stmt& stmt : block) {
      if (const auto* loop = std::get_if<For>(&stmt.kind)) {
        inside.push_back(loop);
        find_loads(loop->body, inside, loads);
      }
      if (const auto* store = std::get_if<loop::Store>(&stmt.kind)) find_loads(store->value, loads);
    }
  }
  void find_loads(loop::ValueId id, std::vector<LoadValue>& loads) const {
    for_each_load(program_, id, [&](const LoadValue& load) {
      const auto is_known = [&](const LoadValue& known) { return known.buffer == load.buffer; };
      if (std::none_of(loads.begin(), loads.end(), is_known)) loads.push_back(load);
    });
  }

  bool is_large_constant(loop::BufferId id) const {
    const loop::Buffer& buffer = program_.buffer(id);
    if (buffer.scope != loop::Scope::argument || buffer.elements() * bytes_of(buffer.type) < kLeastTensor) return false;
    return program_.dag->arguments()[static_cast<std::size_t>(buffer.argument)]->is_constant();
  }

  /// Nothing if the block is not dense, or if no other follows it.
  std::optional<Walk> follow(const LoadValue& load, const std::vector<const For*>& inside) {
    const AffineExpr offset = program_.offset(load.buffer, load.indices);
    Walk walk;
    walk.start = offset;
    std::int64_t span = 1;
    const auto cover = [&](const For& loop) {
      const std::int64_t stride = offset.coefficient(loop.var);
      if (stride == 0) return;
      walk.block *= extent_of(loop);
      walk.start = walk.start - AffineTable::variable(loop.var) * stride;
      span += (extent_of(loop) - 1) * stride;
    };
    const auto count = [&](const AffineExpr& digit, std::int64_t extent) {
      walk.iteration = walk.iteration + digit * walk.iterations;
      walk.iterations *= extent;
    };
    for (const For* loop : inside) cover(*loop);
    auto around = around_.rbegin();
    for (; around != around_.rend() && (*around)->reduction; ++around) {
      cover(**around);
      count(AffineTable::variable((*around)->var) - AffineExpr((*around)->begin), extent_of(**around));
    }
    if (span != walk.block) return std::nullopt;
    for (; around != around_.rend(); ++around) {
      const For& loop = **around;
      const AffineExpr variable = AffineTable::variable(loop.var);
      std::vector<AffineExpr::Term> moving;
      for (const AffineExpr::Term& term : offset.terms)
        if (program_.indices.depends_on(term.atom, loop.var)) moving.push_back(term);
      if (moving.empty()) {
        count(variable - AffineExpr(loop.begin), extent_of(loop));
        continue;
      }
      // The part of the address that changes first: the loop variable itself, its remainder, or its quotient.
      for (const auto kind :
           {loop::AffineAtom::Kind::loop, loop::AffineAtom::Kind::remainder, loop::AffineAtom::Kind::quotient})
        for (const AffineExpr::Term& term : moving) {
          const loop::AffineAtom& atom = program_.indices.atom(term.atom);
          if (atom.kind != kind) continue;
          if (kind == loop::AffineAtom::Kind::quotient) {
            if (!(atom.of == variable)) return std::nullopt;
            const std::int64_t divisor = atom.divisor;  // the table may move when it grows
            count(program_.indices.remainder(variable, divisor), divisor);
          }
          walk.next = term.coefficient;
          return walk.next >= walk.block ? std::optional(walk) : std::nullopt;
        }
      return std::nullopt;
    }
    return std::nullopt;
  }

  /// Spreads the lines of the next block evenly over all iterations that read this one.
  void add(For& innermost, loop::BufferId id, const Walk& walk) {
    const std::int64_t bytes = bytes_of(program_.buffer(id).type), line = kLineBytes / bytes;
    if (walk.block * bytes < kLeastBlock || walk.block * bytes > kMostBlock) return;
    const std::int64_t lines = ceil_div(walk.block, walk.iterations * line);
    if (lines > kMostLines) return;
    const std::int64_t step = lines > 1 ? lines * line : ceil_div(walk.block, walk.iterations);
    const AffineExpr first = walk.start + AffineExpr(walk.next) + walk.iteration * step;
    for (std::int64_t i = 0; i < lines; ++i) innermost.prefetches.push_back({id, first + AffineExpr(i * line)});
  }

  loop::Program& program_;
  std::vector<const For*> around_;
};

}  // namespace

void prefetch_weights(loop::Program& program, const target::TargetSpec&) { Prefetcher(program).visit(program.body); }

}  // namespace tilewright::cpu
