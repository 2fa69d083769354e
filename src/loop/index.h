#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tilewright::loop {

/// An integer as a linear form: constant + sum of coefficient * atom, atoms ascending, no zero coefficient. Canonical:
/// two equal forms compare equal. Atoms are numbers into an IndexTable.
struct Index {
  struct Term {
    int atom;
    std::int64_t coefficient;
    friend bool operator==(const Term&, const Term&) = default;
  };
  std::vector<Term> terms;
  std::int64_t constant = 0;

  Index() = default;
  Index(std::int64_t value) : constant(value) {}
  bool is_constant() const { return terms.empty(); }
  std::int64_t coefficient(int atom) const;
  friend bool operator==(const Index&, const Index&) = default;
};
Index operator+(const Index& a, const Index& b);
Index operator-(const Index& a, const Index& b);
Index operator*(const Index& a, std::int64_t factor);
std::uint64_t hash(const Index& index);

/// Smallest and largest value, both included.
struct Range {
  std::int64_t low, high;
  friend bool operator==(const Range&, const Range&) = default;
};

/// What an atom stands for: a loop variable, the quotient or remainder of an index by a positive constant (rounding
/// towards minus infinity), or a value computed at run time (`value`: a ValueId of the program; an index that is
/// loaded).
struct Atom {
  enum class Kind : std::uint8_t { loop, quotient, remainder, value } kind;
  Index of;                  ///< quotient, remainder
  std::int64_t divisor = 1;  ///< quotient, remainder
  int value = -1;            ///< value
  Range range;               ///< over the whole life of the loop variables in it
};

/// The atoms of one program. Simplifies as it builds: (16*i + j) / 16 is i when 0 <= j < 16.
class IndexTable {
 public:
  int add_loop(std::int64_t extent);
  int add_value(int value, Range range);
  const Atom& atom(int i) const { return atoms_[static_cast<std::size_t>(i)]; }
  int size() const { return static_cast<int>(atoms_.size()); }
  static Index variable(int atom);
  Index quotient(const Index& a, std::int64_t divisor);
  Index remainder(const Index& a, std::int64_t divisor);
  /// Joins quotients with their remainders: 7 * (i / 7) + i % 7 becomes i.
  Index recombine(const Index& index);
  /// Bounds of an index when every loop variable has the range given to add_loop.
  Range range(const Index& index) const;
  /// Bounds when the atoms have the ranges of `loops` (indexed by atom; beyond its size, or where low > high, an atom's
  /// own range, worked out from the loops in it).
  Range range(const Index& index, const std::vector<Range>& loops) const;
  /// The same of one of its terms.
  Range range(const Index::Term& term, const std::vector<Range>& loops) const;
  /// The value under given values of the loop and value atoms.
  template <class ValueOf>
  std::int64_t evaluate(const Index& index, const ValueOf& value_of) const;
  /// True when the atom or an atom inside it is `loop`.
  bool depends_on(const Index& index, int loop) const;
  bool depends_on(int atom, int loop) const;
  std::string to_text(const Index& index) const;

 private:
  int intern(Atom atom);
  Range range_of_atom(const Atom& atom, const std::vector<Range>& loops) const;
  std::vector<Atom> atoms_;
};

template <class ValueOf>
std::int64_t IndexTable::evaluate(const Index& index, const ValueOf& value_of) const {
  std::int64_t sum = index.constant;
  for (const Index::Term& term : index.terms) {
    const Atom& a = atom(term.atom);
    std::int64_t value = 0;
    if (a.kind == Atom::Kind::loop || a.kind == Atom::Kind::value) {
      value = value_of(term.atom);
    } else {
      const std::int64_t of = evaluate(a.of, value_of);
      const std::int64_t quotient = of / a.divisor - (of % a.divisor < 0 ? 1 : 0);
      value = a.kind == Atom::Kind::quotient ? quotient : of - quotient * a.divisor;
    }
    sum += term.coefficient * value;
  }
  return sum;
}

}  // namespace tilewright::loop
