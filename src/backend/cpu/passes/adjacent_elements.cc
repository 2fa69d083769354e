#include "backend/cpu/passes/adjacent_elements.h"

#include <algorithm>

#include "backend/cpu/passes/leaves.h"

namespace tilewright::cpu {
namespace {

using loop::AffineExpr;
using loop::Store;

bool varies(const loop::Program& program, const AffineExpr& index, int var) {
  return std::any_of(index.terms.begin(), index.terms.end(),
                     [&](const AffineExpr::Term& term) {
                       return program.indices.atom(term.atom).kind == loop::AffineAtom::Kind::value;
                     }) ||
         program.indices.depends_on(index, var);
}

struct LaneCheck {
  const loop::Program& program;
  int var;
  std::int64_t unit;
  bool operator()(const loop::IndexValue& n) const { return !varies(program, n.index, var); }
  bool operator()(const loop::NonNegative& n) const { return !varies(program, n.index, var); }
  bool operator()(const loop::LoadValue& n) const {
    const auto stride = stride_of(program, n.buffer, n.indices, var);
    return stride && (*stride == 0 || *stride == unit);
  }
};

struct DigitsCheck {
  const loop::Program& program;
  int wide, narrow;
  std::int64_t width;
  bool holds(const AffineExpr& index) const {
    const std::int64_t w = index.coefficient(wide), n = index.coefficient(narrow);
    const AffineExpr rest = index - loop::AffineTable::variable(wide) * w - loop::AffineTable::variable(narrow) * n;
    return w == width * n && !varies(program, rest, wide) && !varies(program, rest, narrow);
  }
  bool holds(const std::vector<AffineExpr>& indices) const {
    return std::all_of(indices.begin(), indices.end(), [&](const AffineExpr& i) { return holds(i); });
  }
  bool operator()(const loop::IndexValue& n) const { return holds(n.index); }
  bool operator()(const loop::NonNegative& n) const { return holds(n.index); }
  bool operator()(const loop::LoadValue& n) const { return holds(n.indices); }
};

struct OwnElementCheck {
  const loop::Block& stores;
  bool operator()(const loop::IndexValue&) const { return true; }
  bool operator()(const loop::NonNegative&) const { return true; }
  bool operator()(const loop::LoadValue& n) const {
    return std::all_of(stores.begin(), stores.end(), [&](const loop::Stmt& stmt) {
      const Store* store = std::get_if<Store>(&stmt.kind);
      return store && (store->buffer != n.buffer || store->indices == n.indices);
    });
  }
};

}  // namespace

std::optional<std::int64_t> stride_of(const loop::Program& program, loop::BufferId buffer,
                                      const std::vector<AffineExpr>& indices, int var) {
  const AffineExpr offset = program.offset(buffer, indices);
  const std::int64_t coefficient = offset.coefficient(var);
  if (varies(program, offset - loop::AffineTable::variable(var) * coefficient, var)) return std::nullopt;
  return coefficient;
}

bool runs_in_lanes(const loop::Program& program, const loop::Block& stores, int var, std::int64_t unit) {
  return are_independent(program, stores) && std::all_of(stores.begin(), stores.end(), [&](const loop::Stmt& stmt) {
           const Store& store = std::get<Store>(stmt.kind);
           return stride_of(program, store.buffer, store.indices, var) == unit &&
                  values_run_in_lanes(program, store.value, var, unit);
         });
}

bool values_run_in_lanes(const loop::Program& program, loop::ValueId value, int var, std::int64_t unit) {
  return holds_for_leaves(program, value, LaneCheck{program, var, unit});
}

bool are_digits(const loop::Program& program, const loop::Block& stores, int wide, int narrow, std::int64_t width) {
  const DigitsCheck check{program, wide, narrow, width};
  return std::all_of(stores.begin(), stores.end(), [&](const loop::Stmt& stmt) {
    const Store& store = std::get<Store>(stmt.kind);
    return check.holds(store.indices) && holds_for_leaves(program, store.value, check);
  });
}

bool are_independent(const loop::Program& program, const loop::Block& stores) {
  return std::all_of(stores.begin(), stores.end(), [&](const loop::Stmt& stmt) {
    const Store* store = std::get_if<Store>(&stmt.kind);
    return store && holds_for_leaves(program, store->value, OwnElementCheck{stores});
  });
}

}  // namespace tilewright::cpu
