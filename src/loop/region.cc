#include "loop/region.h"

#include <algorithm>

#include "base/integer.h"

namespace tilewright::loop {
namespace {

bool is_fixed(const IndexTable& table, int atom, const std::vector<bool>& fixed) {
  const Atom& a = table.atom(atom);
  if (a.kind == Atom::Kind::loop) return fixed[static_cast<std::size_t>(atom)];
  if (a.kind == Atom::Kind::value) return false;
  return std::all_of(a.of.terms.begin(), a.of.terms.end(),
                     [&](const Index::Term& term) { return is_fixed(table, term.atom, fixed); });
}

bool divisible(const Index& index, std::int64_t by) {
  return index.constant % by == 0 && std::all_of(index.terms.begin(), index.terms.end(),
                                                 [&](const Index::Term& t) { return t.coefficient % by == 0; });
}

Span span_of_quotient(IndexTable& table, const Span& of, std::int64_t divisor) {
  const Index low = table.quotient(of.low, divisor);
  if (of.low.is_constant()) return {low, floor_div(of.low.constant + of.extent - 1, divisor) - low.constant + 1};
  if (divisible(of.low, divisor)) return {low, ceil_div(of.extent, divisor)};
  if (divisor % of.extent == 0 && divisible(of.low, of.extent)) return {low, 1};
  return {low, (of.extent - 2 + divisor) / divisor + 1};
}

Span span_of_remainder(IndexTable& table, const Span& of, std::int64_t divisor) {
  const bool stays_in_block = (divisor % of.extent == 0 && divisible(of.low, of.extent)) ||
                              (of.extent <= divisor && divisible(of.low, divisor)) ||
                              (of.low.is_constant() && floor_mod(of.low.constant, divisor) + of.extent <= divisor);
  if (stays_in_block) return {table.remainder(of.low, divisor), of.extent};
  return {Index(0), divisor};
}

Span span_of_atom(IndexTable& table, int id, const std::vector<bool>& fixed) {
  const Atom a = table.atom(id);
  if (is_fixed(table, id, fixed)) return {IndexTable::variable(id), 1};
  if (a.kind == Atom::Kind::loop || a.kind == Atom::Kind::value)
    return {Index(a.range.low), a.range.high - a.range.low + 1};
  const Span of = span_of(table, a.of, fixed);
  return a.kind == Atom::Kind::quotient ? span_of_quotient(table, of, a.divisor)
                                        : span_of_remainder(table, of, a.divisor);
}

}  // namespace

Span span_of(IndexTable& table, const Index& index, const std::vector<bool>& fixed) {
  Span sum{Index(index.constant), 1};
  for (const Index::Term& term : index.terms) {
    const Span s = span_of_atom(table, term.atom, fixed);
    const std::int64_t c = term.coefficient;
    sum.low = sum.low + s.low * c;
    if (c < 0) sum.low = sum.low + Index(c * (s.extent - 1));
    sum.extent += std::abs(c) * (s.extent - 1);
  }
  sum.low = table.recombine(sum.low);
  return sum;
}

std::optional<Span> unite(const Span& a, const Span& b) {
  const Index distance = b.low - a.low;
  if (!distance.is_constant()) return std::nullopt;
  const std::int64_t low = std::min<std::int64_t>(0, distance.constant);
  const std::int64_t high = std::max(a.extent, distance.constant + b.extent);
  return Span{a.low + Index(low), high - low};
}

}  // namespace tilewright::loop
