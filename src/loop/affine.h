#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tilewright::loop {

/// An integer as a linear form: constant + sum of coefficient * atom, atoms ascending, no zero coefficient. Canonical:
/// two equal forms compare equal. Atoms are numbers into an IndexTable.
struct AffineExpr {
  struct Term {
    int atom;
    std::int64_t coefficient;
    friend bool operator==(const Term&, const Term&) = default;
  };
  std::vector<Term> terms;
  std::int64_t constant = 0;

  AffineExpr() = default;
  AffineExpr(std::int64_t value) : constant(value) {}
  bool is_constant() const { return terms.empty(); }
  std::int64_t coefficient(int atom) const;
  friend bool operator==(const AffineExpr&, const AffineExpr&) = default;
};
AffineExpr operator+(const AffineExpr& a, const AffineExpr& b);
AffineExpr operator-(const AffineExpr& a, const AffineExpr& b);
AffineExpr operator*(const AffineExpr& a, std::int64_t factor);
std::uint64_t hash(const AffineExpr& index);

/// Smallest and largest value, both included.
struct Range {
  std::int64_t low, high;
  friend bool operator==(const Range&, const Range&) = default;
};

/// What an atom stands for: a loop variable, the quotient or remainder of an index by a positive constant (rounding
/// towards minus infinity), or a value computed at run time (`value`: a ValueId of the program; an index that is
/// loaded).
struct AffineAtom {
  enum class Kind : std::uint8_t { loop, quotient, remainder, value } kind;
  AffineExpr of;             ///< quotient, remainder
  std::int64_t divisor = 1;  ///< quotient, remainder
  int value = -1;            ///< value
  Range range;               ///< over the whole life of the loop variables in it
};

/// The atoms of one program. Simplifies as it builds: (16*i + j) / 16 is i when 0 <= j < 16.
class AffineTable {
 public:
  int add_loop(std::int64_t extent);
  int add_value(int value, Range range);
  const AffineAtom& atom(int i) const { return atoms_[static_cast<std::size_t>(i)]; }
  int size() const { return static_cast<int>(atoms_.size()); }
  static AffineExpr variable(int atom);
  AffineExpr quotient(const AffineExpr& a, std::int64_t divisor);
  AffineExpr remainder(const AffineExpr& a, std::int64_t divisor);
  /// Joins quotients with their remainders: 7 * (i / 7) + i % 7 becomes i.
  AffineExpr recombine(const AffineExpr& index);
  /// Bounds of an index when every loop variable has the range given to add_loop.
  Range range(const AffineExpr& index) const;
  /// Bounds when the atoms have the ranges of `loops` (indexed by atom; beyond its size, or where low > high, an atom's
  /// own range, worked out from the loops in it).
  Range range(const AffineExpr& index, const std::vector<Range>& loops) const;
  /// The same of one of its terms.
  Range range(const AffineExpr::Term& term, const std::vector<Range>& loops) const;
  /// The value under given values of the loop and value atoms.
  template <class ValueOf>
  std::int64_t evaluate(const AffineExpr& index, const ValueOf& value_of) const;
  /// True when the atom or an atom inside it is `loop`.
  bool depends_on(const AffineExpr& index, int loop) const;
  bool depends_on(int atom, int loop) const;
  /// Loop variables first; `text_of_value` prints the atoms that are values ("value3" without it).
  std::string to_text(const AffineExpr& index,
                      const std::function<std::string(const AffineAtom&)>& text_of_value = {}) const;

 private:
  int intern(AffineAtom atom);
  Range range_of_atom(const AffineAtom& atom, const std::vector<Range>& loops) const;
  std::vector<AffineAtom> atoms_;
};

template <class ValueOf>
std::int64_t AffineTable::evaluate(const AffineExpr& index, const ValueOf& value_of) const {
  std::int64_t sum = index.constant;
  for (const AffineExpr::Term& term : index.terms) {
    const AffineAtom& a = atom(term.atom);
    std::int64_t value = 0;
    if (a.kind == AffineAtom::Kind::loop || a.kind == AffineAtom::Kind::value) {
      value = value_of(term.atom);
    } else {
      const std::int64_t of = evaluate(a.of, value_of);
      const std::int64_t quotient = of / a.divisor - (of % a.divisor < 0 ? 1 : 0);
      value = a.kind == AffineAtom::Kind::quotient ? quotient : of - quotient * a.divisor;
    }
    sum += term.coefficient * value;
  }
  return sum;
}

}  // namespace tilewright::loop
