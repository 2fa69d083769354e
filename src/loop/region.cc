#include "loop/region.h"

#include <algorithm>

#include "base/integer.h"

namespace tilewright::loop {
namespace {

bool is_fixed(const AffineTable& table, int atom, const std::vector<bool>& fixed) {
  const AffineAtom& a = table.atom(atom);
  if (a.kind == AffineAtom::Kind::loop) return fixed[static_cast<std::size_t>(atom)];
  if (a.kind == AffineAtom::Kind::value) return false;
  return std::all_of(a.of.terms.begin(), a.of.terms.end(),
                     [&](const AffineExpr::Term& term) { return is_fixed(table, term.atom, fixed); });
}

bool divisible(const AffineExpr& index, std::int64_t by) {
  return index.constant % by == 0 && std::all_of(index.terms.begin(), index.terms.end(),
                                                 [&](const AffineExpr::Term& t) { return t.coefficient % by == 0; });
}

Span span_of_quotient(AffineTable& table, const Span& of, std::int64_t divisor) {
  const AffineExpr low = table.quotient(of.low, divisor);
  if (of.low.is_constant()) return {low, floor_div(of.low.constant + of.extent - 1, divisor) - low.constant + 1};
  if (divisible(of.low, divisor)) return {low, ceil_div(of.extent, divisor)};
  if (divisor % of.extent == 0 && divisible(of.low, of.extent)) return {low, 1};
  return {low, (of.extent - 2 + divisor) / divisor + 1};
}

Span span_of_remainder(AffineTable& table, const Span& of, std::int64_t divisor) {
  const bool stays_in_block = (divisor % of.extent == 0 && divisible(of.low, of.extent)) ||
                              (of.extent <= divisor && divisible(of.low, divisor)) ||
                              (of.low.is_constant() && floor_mod(of.low.constant, divisor) + of.extent <= divisor);
  if (stays_in_block) return {table.remainder(of.low, divisor), of.extent};
  return {AffineExpr(0), divisor};
}

Span span_of_atom(AffineTable& table, int id, const std::vector<bool>& fixed) {
  const AffineAtom a = table.atom(id);
  if (is_fixed(table, id, fixed)) return {AffineTable::variable(id), 1};
  if (a.kind == AffineAtom::Kind::loop || a.kind == AffineAtom::Kind::value)
    return {AffineExpr(a.range.low), a.range.high - a.range.low + 1};
  const Span of = span_of(table, a.of, fixed);
  return a.kind == AffineAtom::Kind::quotient ? span_of_quotient(table, of, a.divisor)
                                              : span_of_remainder(table, of, a.divisor);
}

}  // namespace

Span span_of(AffineTable& table, const AffineExpr& index, const std::vector<bool>& fixed) {
  Span sum{AffineExpr(index.constant), 1};
  for (const AffineExpr::Term& term : index.terms) {
    const Span s = span_of_atom(table, term.atom, fixed);
    const std::int64_t c = term.coefficient;
    sum.low = sum.low + s.low * c;
    if (c < 0) sum.low = sum.low + AffineExpr(c * (s.extent - 1));
    sum.extent += std::abs(c) * (s.extent - 1);
  }
  sum.low = table.recombine(sum.low);
  return sum;
}

std::optional<Span> unite(const Span& a, const Span& b) {
  const AffineExpr distance = b.low - a.low;
  if (!distance.is_constant()) return std::nullopt;
  const std::int64_t low = std::min<std::int64_t>(0, distance.constant);
  const std::int64_t high = std::max(a.extent, distance.constant + b.extent);
  return Span{a.low + AffineExpr(low), high - low};
}

}  // namespace tilewright::loop
