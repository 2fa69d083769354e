#include "loop/affine.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/hash.h"
#include "base/integer.h"

namespace tilewright::loop {
namespace {

AffineExpr merge(const AffineExpr& a, const AffineExpr& b, std::int64_t factor) {
  AffineExpr sum(a.constant + b.constant * factor);
  sum.terms.reserve(a.terms.size() + b.terms.size());
  std::size_t i = 0, j = 0;
  while (i < a.terms.size() || j < b.terms.size()) {
    const bool from_a = j == b.terms.size() || (i < a.terms.size() && a.terms[i].atom <= b.terms[j].atom);
    const bool from_b = i == a.terms.size() || (j < b.terms.size() && b.terms[j].atom <= a.terms[i].atom);
    const int atom = from_a ? a.terms[i].atom : b.terms[j].atom;
    std::int64_t coefficient = 0;
    if (from_a) coefficient += a.terms[i++].coefficient;
    if (from_b) coefficient += b.terms[j++].coefficient * factor;
    if (coefficient != 0) sum.terms.push_back({atom, coefficient});
  }
  return sum;
}

/// index = divisor * whole + rest, with 0 <= rest.constant < divisor and no coefficient of rest divisible by divisor.
struct Division {
  AffineExpr whole, rest;
};
Division divide(const AffineExpr& index, std::int64_t divisor) {
  Division d;
  d.whole.constant = floor_div(index.constant, divisor);
  d.rest.constant = floor_mod(index.constant, divisor);
  for (const AffineExpr::Term& term : index.terms) {
    if (term.coefficient % divisor == 0)
      d.whole.terms.push_back({term.atom, term.coefficient / divisor});
    else
      d.rest.terms.push_back(term);
  }
  return d;
}

std::int64_t common_factor(const AffineExpr& index, std::int64_t with) {
  std::int64_t g = with;
  for (const AffineExpr::Term& term : index.terms) g = std::gcd(g, term.coefficient);
  return g;
}

/// floor(index / g) where g divides every coefficient.
AffineExpr shrink(const AffineExpr& index, std::int64_t g) {
  AffineExpr small(floor_div(index.constant, g));
  for (const AffineExpr::Term& term : index.terms) small.terms.push_back({term.atom, term.coefficient / g});
  return small;
}

const AffineExpr::Term* single(const AffineExpr& index) {
  return index.terms.size() == 1 && index.constant == 0 && index.terms[0].coefficient == 1 ? &index.terms[0] : nullptr;
}

}  // namespace

std::int64_t AffineExpr::coefficient(int atom) const {
  for (const Term& term : terms)
    if (term.atom == atom) return term.coefficient;
  return 0;
}

AffineExpr operator+(const AffineExpr& a, const AffineExpr& b) { return merge(a, b, 1); }
AffineExpr operator-(const AffineExpr& a, const AffineExpr& b) { return merge(a, b, -1); }
AffineExpr operator*(const AffineExpr& a, std::int64_t factor) {
  if (factor == 0) return AffineExpr(0);
  AffineExpr scaled(a.constant * factor);
  scaled.terms.reserve(a.terms.size());
  for (const AffineExpr::Term& term : a.terms) scaled.terms.push_back({term.atom, term.coefficient * factor});
  return scaled;
}

std::uint64_t hash(const AffineExpr& index) {
  std::uint64_t h = hash_mix(1, static_cast<std::uint64_t>(index.constant));
  for (const AffineExpr::Term& term : index.terms) {
    h = hash_mix(h, static_cast<std::uint64_t>(term.atom));
    h = hash_mix(h, static_cast<std::uint64_t>(term.coefficient));
  }
  return h;
}

int AffineTable::add_loop(std::int64_t extent) {
  atoms_.push_back({AffineAtom::Kind::loop, {}, 1, -1, {0, extent - 1}});
  return size() - 1;
}

int AffineTable::add_value(int value, Range range) {
  atoms_.push_back({AffineAtom::Kind::value, {}, 1, value, range});
  return size() - 1;
}

AffineExpr AffineTable::variable(int atom) {
  AffineExpr index;
  index.terms.push_back({atom, 1});
  return index;
}

int AffineTable::intern(AffineAtom atom) {
  for (int i = 0; i < size(); ++i) {
    const AffineAtom& known = atoms_[static_cast<std::size_t>(i)];
    if (known.kind == atom.kind && known.divisor == atom.divisor && known.of == atom.of) return i;
  }
  atom.range = range_of_atom(atom, {});
  atoms_.push_back(std::move(atom));
  return size() - 1;
}

AffineExpr AffineTable::quotient(const AffineExpr& a, std::int64_t divisor) {
  TW_CHECK(divisor > 0, "division of an index by {}", divisor);
  if (divisor == 1) return a;
  Division d = divide(a, divisor);
  const Range r = range(d.rest);
  if (floor_div(r.low, divisor) == floor_div(r.high, divisor)) return d.whole + floor_div(r.low, divisor);
  if (const std::int64_t g = common_factor(d.rest, divisor); g > 1)
    return d.whole + quotient(shrink(d.rest, g), divisor / g);
  if (const AffineExpr::Term* only = single(d.rest)) {
    const AffineAtom inner = atom(only->atom);
    if (inner.kind == AffineAtom::Kind::quotient) return d.whole + quotient(inner.of, inner.divisor * divisor);
    if (inner.kind == AffineAtom::Kind::remainder && inner.divisor % divisor == 0)
      return d.whole + remainder(quotient(inner.of, divisor), inner.divisor / divisor);
  }
  return d.whole + variable(intern({AffineAtom::Kind::quotient, d.rest, divisor, -1, {}}));
}

AffineExpr AffineTable::remainder(const AffineExpr& a, std::int64_t divisor) {
  TW_CHECK(divisor > 0, "remainder of an index by {}", divisor);
  if (divisor == 1) return AffineExpr(0);
  const AffineExpr rest = divide(a, divisor).rest;
  const Range r = range(rest);
  if (floor_div(r.low, divisor) == floor_div(r.high, divisor))
    return rest - AffineExpr(floor_div(r.low, divisor) * divisor);
  if (const std::int64_t g = common_factor(rest, divisor); g > 1)
    return remainder(shrink(rest, g), divisor / g) * g + AffineExpr(floor_mod(rest.constant, g));
  if (const AffineExpr::Term* only = single(rest)) {
    const AffineAtom inner = atom(only->atom);
    if (inner.kind == AffineAtom::Kind::remainder && inner.divisor % divisor == 0) return remainder(inner.of, divisor);
  }
  return variable(intern({AffineAtom::Kind::remainder, rest, divisor, -1, {}}));
}

AffineExpr AffineTable::recombine(const AffineExpr& index) {
  AffineExpr result = index;
  for (bool changed = true; changed;) {
    changed = false;
    for (const AffineExpr::Term term : result.terms) {
      if (atom(term.atom).kind != AffineAtom::Kind::remainder) continue;
      const AffineAtom inner = atom(term.atom);  // a copy: the quotient may be a new atom
      const AffineExpr whole = quotient(inner.of, inner.divisor);
      const AffineExpr::Term* only = single(whole);
      if (!only || result.coefficient(only->atom) != term.coefficient * inner.divisor) continue;
      result = result - variable(term.atom) * term.coefficient - whole * (term.coefficient * inner.divisor) +
               inner.of * term.coefficient;
      changed = true;
      break;
    }
  }
  return result;
}

Range AffineTable::range_of_atom(const AffineAtom& a, const std::vector<Range>& loops) const {
  if (a.kind == AffineAtom::Kind::loop || a.kind == AffineAtom::Kind::value) return a.range;
  const Range of = range(a.of, loops);
  const Range quotient{floor_div(of.low, a.divisor), floor_div(of.high, a.divisor)};
  if (a.kind == AffineAtom::Kind::quotient) return quotient;
  if (quotient.low == quotient.high) return {of.low - quotient.low * a.divisor, of.high - quotient.low * a.divisor};
  return {0, a.divisor - 1};
}

Range AffineTable::range(const AffineExpr& index) const {
  Range sum{index.constant, index.constant};
  for (const AffineExpr::Term& term : index.terms) {
    const Range r = atom(term.atom).range;
    sum.low += term.coefficient * (term.coefficient > 0 ? r.low : r.high);
    sum.high += term.coefficient * (term.coefficient > 0 ? r.high : r.low);
  }
  return sum;
}

Range AffineTable::range(const AffineExpr& index, const std::vector<Range>& loops) const {
  Range sum{index.constant, index.constant};
  for (const AffineExpr::Term& term : index.terms) {
    const Range r = range(term, loops);
    sum.low += r.low, sum.high += r.high;
  }
  return sum;
}

Range AffineTable::range(const AffineExpr::Term& term, const std::vector<Range>& loops) const {
  const auto at = static_cast<std::size_t>(term.atom);
  const Range r =
      at < loops.size() && loops[at].low <= loops[at].high ? loops[at] : range_of_atom(atom(term.atom), loops);
  const std::int64_t low = term.coefficient * r.low, high = term.coefficient * r.high;
  return term.coefficient > 0 ? Range{low, high} : Range{high, low};
}

bool AffineTable::depends_on(const AffineExpr& index, int loop) const {
  return std::any_of(index.terms.begin(), index.terms.end(),
                     [&](const AffineExpr::Term& term) { return depends_on(term.atom, loop); });
}

bool AffineTable::depends_on(int which, int loop) const {
  if (which == loop) return true;
  const AffineAtom& a = atom(which);
  return (a.kind == AffineAtom::Kind::quotient || a.kind == AffineAtom::Kind::remainder) && depends_on(a.of, loop);
}

std::string AffineTable::to_text(const AffineExpr& index,
                                 const std::function<std::string(const AffineAtom&)>& text_of_value) const {
  struct Printed {
    std::string name;
    std::int64_t coefficient;
  };
  std::vector<Printed> loops, others;
  for (const AffineExpr::Term& term : index.terms) {
    const AffineAtom& a = atom(term.atom);
    switch (a.kind) {
      case AffineAtom::Kind::loop:
        loops.push_back({fmt::format("v{}", term.atom), term.coefficient});
        break;
      case AffineAtom::Kind::value:
        others.push_back({text_of_value ? text_of_value(a) : fmt::format("value{}", a.value), term.coefficient});
        break;
      case AffineAtom::Kind::quotient:
        others.push_back({fmt::format("({} / {})", to_text(a.of, text_of_value), a.divisor), term.coefficient});
        break;
      case AffineAtom::Kind::remainder:
        others.push_back({fmt::format("({} % {})", to_text(a.of, text_of_value), a.divisor), term.coefficient});
        break;
    }
  }
  // However the table numbers them.
  std::sort(others.begin(), others.end(), [](const Printed& a, const Printed& b) { return a.name < b.name; });
  loops.insert(loops.end(), others.begin(), others.end());

  std::string text;
  for (const auto& [name, c] : loops) {
    text += c < 0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
    text += std::abs(c) == 1 ? name : fmt::format("{}*{}", std::abs(c), name);
  }
  if (text.empty()) return std::to_string(index.constant);
  if (index.constant != 0) text += fmt::format(" {} {}", index.constant < 0 ? '-' : '+', std::abs(index.constant));
  return text;
}

}  // namespace tilewright::loop
