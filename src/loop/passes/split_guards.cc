#include <algorithm>
#include <optional>

#include "base/integer.h"
#include "loop/passes.h"

namespace tilewright::loop {
namespace {

constexpr std::size_t kMaxCuts = 4;  ///< places where one loop is cut
constexpr int kMaxVersions = 2;      ///< nested choices between a version with and one without guards
constexpr Range kNothing{1, 0};

bool is_empty(const Range& r) { return r.low > r.high; }
Range intersect(const Range& a, const Range& b) { return {std::max(a.low, b.low), std::min(a.high, b.high)}; }
Range unite(const Range& a, const Range& b) {
  if (is_empty(a)) return b;
  if (is_empty(b)) return a;
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

bool does_something(const Block& block) {
  return std::any_of(block.begin(), block.end(),
                     [](const Stmt& s) { return !std::holds_alternative<Allocate>(s.kind); });
}

/// Stores that run.
double work_of(const Block& block) {
  double work = 0;
  for (const Stmt& stmt : block) {
    if (std::holds_alternative<Store>(stmt.kind)) ++work;
    if (const auto* loop = std::get_if<For>(&stmt.kind))
      work += work_of(loop->body) * static_cast<double>(loop->end - loop->begin);
    if (const auto* branch = std::get_if<If>(&stmt.kind))
      work += std::max(work_of(branch->then), work_of(branch->otherwise));
  }
  return work;
}

class SplitGuards {
 public:
  explicit SplitGuards(Program& program) : table_(program.indices) {
    ranges_.assign(static_cast<std::size_t>(table_.size()), kNothing);
  }

  Block visit(const Block& block) {
    Block out;
    for (const Stmt& stmt : block) visit(stmt, out);
    return out;
  }

 private:
  Range& range_of(int var) { return ranges_[static_cast<std::size_t>(var)]; }

  void visit(const Stmt& stmt, Block& out) {
    if (const auto* branch = std::get_if<If>(&stmt.kind))
      visit_branch(*branch, out);
    else if (const auto* loop = std::get_if<For>(&stmt.kind))
      visit_loop(*loop, out);
    else
      out.push_back(stmt);
  }

  /// Whether the condition is known to hold, or known not to.
  std::optional<bool> decide(const AffineExpr& condition) const {
    const Range range = table_.range(condition, ranges_);
    if (range.low >= 0) return true;
    if (range.high < 0) return false;
    for (const AffineExpr& fact : assumed_)
      if (table_.range(condition - fact, ranges_).low >= 0) return true;
    return std::nullopt;
  }

  void visit_branch(const If& branch, Block& out) {
    If left;
    for (const AffineExpr& condition : branch.conditions) {
      const std::optional<bool> known = decide(condition);
      if (known == false) return append(visit(branch.otherwise), out);
      if (!known) left.conditions.push_back(condition);
    }
    if (left.conditions.empty()) return append(visit(branch.then), out);
    left.then = visit(branch.then);
    left.otherwise = visit(branch.otherwise);
    if (does_something(left.then) || does_something(left.otherwise)) out.push_back({std::move(left)});
  }

  static void append(Block block, Block& out) {
    for (Stmt& stmt : block) out.push_back(std::move(stmt));
  }

  void visit_loop(const For& loop, Block& out) {
    const Range before = range_of(loop.var);
    range_of(loop.var) = {loop.begin, loop.end - 1};
    if (!has_condition_on(loop.var, loop.body)) {  // most loops: nothing to cut, and no version to choose
      For whole{loop.var, loop.begin, loop.end, loop.kind, loop.reduction, loop.stage, loop.name, visit(loop.body)};
      if (does_something(whole.body)) emit_unswitched(std::move(whole), out);
      range_of(loop.var) = before;
      return;
    }
    const Range active = active_range(loop.body, loop.var);
    if (!is_empty(active)) {
      std::vector<std::int64_t> cuts;
      if (loop.kind != LoopKind::parallel) cuts = find_cuts(loop, active);
      cuts.push_back(active.high + 1);
      std::int64_t begin = active.low;
      for (std::int64_t end : cuts) {
        emit_segment(loop, begin, end, out);
        begin = end;
      }
    }
    range_of(loop.var) = before;
  }

  void emit_segment(const For& loop, std::int64_t begin, std::int64_t end, Block& out) {
    range_of(loop.var) = {begin, end - 1};
    For segment{loop.var, begin, end, loop.kind, loop.reduction, loop.stage, loop.name, {}};
    segment.body = loop.kind == LoopKind::vectorized ? visit(loop.body) : visit_versions(loop);
    if (does_something(segment.body)) emit_unswitched(std::move(segment), out);
  }

  /// A branch that is all of a serial loop's body moves out of it, as far as it does not depend on the loop.
  void emit_unswitched(For loop, Block& out) {
    auto* found = loop.body.size() == 1 ? std::get_if<If>(&loop.body[0].kind) : nullptr;
    const bool movable = loop.kind != LoopKind::parallel && found;
    If outside, inside;
    if (movable)
      for (const AffineExpr& condition : found->conditions)
        (table_.depends_on(condition, loop.var) ? inside : outside).conditions.push_back(condition);
    if (!movable || outside.conditions.empty()) {
      out.push_back({std::move(loop)});
      return;
    }
    If branch = std::move(*found);
    loop.body.clear();
    if (does_something(branch.otherwise)) {
      For without = loop;
      without.body = branch.otherwise;
      outside.otherwise.push_back({std::move(without)});
    }
    if (inside.conditions.empty()) {
      loop.body = std::move(branch.then);
    } else {
      inside.then = std::move(branch.then);
      inside.otherwise = std::move(branch.otherwise);
      loop.body.push_back({std::move(inside)});
    }
    outside.then.push_back({std::move(loop)});
    out.push_back({std::move(outside)});
  }

  bool has_condition_on(int var, const Block& block) const {
    return std::any_of(block.begin(), block.end(), [&](const Stmt& stmt) {
      if (const auto* loop = std::get_if<For>(&stmt.kind)) return has_condition_on(var, loop->body);
      const auto* branch = std::get_if<If>(&stmt.kind);
      return branch && (std::any_of(branch->conditions.begin(), branch->conditions.end(),
                                    [&](const AffineExpr& condition) { return table_.depends_on(condition, var); }) ||
                        has_condition_on(var, branch->then) || has_condition_on(var, branch->otherwise));
    });
  }

  /// The iterations of `var` for which anything may happen.
  Range active_range(const Block& block, int var) {
    Range active = kNothing;
    for (const Stmt& stmt : block) {
      if (std::holds_alternative<Store>(stmt.kind)) return range_of(var);
      if (const auto* loop = std::get_if<For>(&stmt.kind)) {
        const Range before = range_of(loop->var);
        range_of(loop->var) = {loop->begin, loop->end - 1};
        active = unite(active, active_range(loop->body, var));
        range_of(loop->var) = before;
      } else if (const auto* branch = std::get_if<If>(&stmt.kind)) {
        Range then = active_range(branch->then, var);
        for (const AffineExpr& condition : branch->conditions) then = intersect(then, possible_range(condition, var));
        active = unite(active, unite(then, active_range(branch->otherwise, var)));
      }
    }
    return active;
  }

  /// The condition as coefficient * var + rest, if it is linear in var.
  std::optional<Range> rest_of(const AffineExpr& condition, int var, std::int64_t& coefficient) const {
    coefficient = condition.coefficient(var);
    if (coefficient == 0) return std::nullopt;
    Range rest{condition.constant, condition.constant};
    for (const AffineExpr::Term& term : condition.terms) {
      if (term.atom == var) continue;
      if (table_.depends_on(term.atom, var)) return std::nullopt;
      const Range r = table_.range(term, ranges_);
      rest.low += r.low, rest.high += r.high;
    }
    return rest;
  }

  /// Values of var for which coefficient * var + rest >= 0.
  static Range solve(std::int64_t coefficient, std::int64_t rest, const Range& within) {
    if (coefficient > 0) return intersect(within, {ceil_div_signed(-rest, coefficient), within.high});
    return intersect(within, {within.low, floor_div(rest, -coefficient)});
  }
  static std::int64_t ceil_div_signed(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

  Range possible_range(const AffineExpr& condition, int var) {
    std::int64_t coefficient = 0;
    const auto rest = rest_of(condition, var, coefficient);
    return rest ? solve(coefficient, rest->high, range_of(var)) : range_of(var);
  }

  /// Where a condition inside starts or stops to hold for certain, or to be possible.
  std::vector<std::int64_t> find_cuts(const For& loop, const Range& active) {
    std::vector<std::int64_t> cuts;
    range_of(loop.var) = active;
    for_each_condition(loop.body, [&](const AffineExpr& condition) {
      std::int64_t coefficient = 0;
      const auto rest = rest_of(condition, loop.var, coefficient);
      if (!rest || decide(condition)) return;
      for (const std::int64_t bound : {rest->low, rest->high}) {
        const Range r = solve(coefficient, bound, active);
        if (is_empty(r)) continue;
        if (r.low > active.low) cuts.push_back(r.low);
        if (r.high < active.high) cuts.push_back(r.high + 1);
      }
    });
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    if (cuts.size() > kMaxCuts) cuts.clear();
    return cuts;
  }

  /// Calls f for every branch condition that decides about at least half of the body's work, with the ranges of the
  /// loops around it in force. A loop is not copied for less: a guarded padding stage beside a convolution, say.
  template <class F>
  void for_each_condition(const Block& body, const F& f) {
    for_each_condition(body, 1, work_of(body) / 2, f);
  }
  template <class F>
  void for_each_condition(const Block& block, double times, double least, const F& f) {
    for (const Stmt& stmt : block) {
      if (const auto* loop = std::get_if<For>(&stmt.kind)) {
        const Range before = range_of(loop->var);
        range_of(loop->var) = {loop->begin, loop->end - 1};
        for_each_condition(loop->body, times * static_cast<double>(loop->end - loop->begin), least, f);
        range_of(loop->var) = before;
      } else if (const auto* branch = std::get_if<If>(&stmt.kind)) {
        if (times * std::max(work_of(branch->then), work_of(branch->otherwise)) >= least)
          for (const AffineExpr& condition : branch->conditions) f(condition);
        for_each_condition(branch->then, times, least, f);
        for_each_condition(branch->otherwise, times, least, f);
      }
    }
  }

  /// The body, or a choice between a version in which the conditions that change with this loop hold for all inner
  /// iterations, and one in which they may not.
  Block visit_versions(const For& loop) {
    const std::vector<AffineExpr> facts = versions_ < kMaxVersions ? facts_to_assume(loop) : std::vector<AffineExpr>{};
    if (facts.empty()) return visit(loop.body);
    ++versions_;
    If choice{facts, {}, {}};
    const std::size_t known = assumed_.size();
    assumed_.insert(assumed_.end(), facts.begin(), facts.end());
    choice.then = visit(loop.body);
    assumed_.resize(known);
    const Range before = range_of(loop.var);
    if (facts.size() == 1) range_of(loop.var) = intersect(before, complement(facts[0], loop.var));
    choice.otherwise = visit(loop.body);
    range_of(loop.var) = before;
    --versions_;
    Block out;
    out.push_back({std::move(choice)});
    return out;
  }

  /// Values of var for which the fact does not hold, if it depends on nothing else; else all.
  Range complement(const AffineExpr& fact, int var) {
    std::int64_t coefficient = 0;
    const auto rest = rest_of(fact, var, coefficient);
    const Range all = range_of(var);
    if (!rest || rest->low != rest->high) return all;
    const Range holds = solve(coefficient, rest->low, all);
    return coefficient > 0 ? Range{all.low, holds.low - 1} : Range{holds.high + 1, all.high};
  }

  std::vector<AffineExpr> facts_to_assume(const For& loop) {
    std::vector<AffineExpr> facts;
    for_each_condition(loop.body, [&](const AffineExpr& condition) {
      if (decide(condition) || !table_.depends_on(condition, loop.var)) return;
      AffineExpr fact(condition.constant);  // with the loops inside where they bring least
      std::int64_t inner_low = 0;
      for (const AffineExpr::Term& term : condition.terms) {
        if (depends_on_inner(term.atom, loop.body))
          inner_low += table_.range(term, ranges_).low;
        else
          fact.terms.push_back(term);
      }
      fact.constant += inner_low;
      const bool changes = table_.depends_on(fact, loop.var) && !decide(fact);
      if (changes && inner_low != 0 && std::find(facts.begin(), facts.end(), fact) == facts.end())
        facts.push_back(std::move(fact));
    });
    return facts;
  }

  bool depends_on_inner(int atom, const Block& block) const {
    return std::any_of(block.begin(), block.end(), [&](const Stmt& stmt) {
      if (const auto* loop = std::get_if<For>(&stmt.kind))
        return table_.depends_on(atom, loop->var) || depends_on_inner(atom, loop->body);
      if (const auto* branch = std::get_if<If>(&stmt.kind))
        return depends_on_inner(atom, branch->then) || depends_on_inner(atom, branch->otherwise);
      return false;
    });
  }

  const AffineTable& table_;
  std::vector<Range> ranges_;
  std::vector<AffineExpr> assumed_;
  int versions_ = 0;
};

}  // namespace

void split_guards(Program& program) { program.body = SplitGuards(program).visit(program.body); }

}  // namespace tilewright::loop
