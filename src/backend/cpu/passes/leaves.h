#pragma once

#include <type_traits>

#include "base/match.h"
#include "loop/program.h"

namespace tilewright::cpu {

/// Whether `leaf` holds for every value in the tree that has an index: IndexValue, NonNegative, LoadValue.
template <class Leaf>
bool holds_for_leaves(const loop::Program& program, loop::ValueId id, const Leaf& leaf) {
  const auto all = [&](auto... ids) { return (holds_for_leaves(program, ids, leaf) && ...); };
  return match_variant(
      program.value(id).kind, [](const loop::ConstantValue&) { return true; },
      [&](const loop::IndexValue& n) { return leaf(n); }, [&](const loop::NonNegative& n) { return leaf(n); },
      [&](const loop::LoadValue& n) { return leaf(n); }, [&](const loop::UnaryValue& n) { return all(n.a); },
      [&](const loop::BinaryValue& n) { return all(n.a, n.b); },
      [&](const loop::SelectValue& n) { return all(n.condition, n.on_true, n.on_false); },
      [&](const loop::CastValue& n) { return all(n.a); });
}

/// Calls `visit` with every LoadValue in the tree, in textual order.
template <class Visit>
void for_each_load(const loop::Program& program, loop::ValueId id, const Visit& visit) {
  holds_for_leaves(program, id, [&](const auto& leaf) {
    if constexpr (std::is_same_v<decltype(leaf), const loop::LoadValue&>) visit(leaf);
    return true;
  });
}

}  // namespace tilewright::cpu
