#include "space/factor_table.h"

#include "base/integer.h"

namespace tilewright::space {
namespace {

void enumerate(std::int64_t rest, std::size_t n, std::vector<std::int64_t>& prefix, FactorTable::Tuples& out) {
  if (prefix.size() == n) {
    if (prefix.back() <= kMaxInnermostLength) out.push_back(prefix);
    return;
  }
  for (std::int64_t divisor : divisors(rest)) {
    prefix.push_back(divisor);
    enumerate(rest / divisor, n, prefix, out);
    prefix.pop_back();
  }
}

}  // namespace

FactorTable::Tuples factorizations(std::int64_t extent, std::size_t n) {
  FactorTable::Tuples tuples;
  std::vector<std::int64_t> prefix;
  enumerate(extent, n, prefix, tuples);
  return tuples;
}

void FactorTable::add(std::int64_t extent, std::size_t n) {
  const auto [entry, is_new] = tuples_.try_emplace({extent, n});
  if (is_new) entry->second = factorizations(extent, n);
}

const FactorTable::Tuples* FactorTable::find(std::int64_t extent, std::size_t n) const {
  const auto entry = tuples_.find({extent, n});
  return entry == tuples_.end() ? nullptr : &entry->second;
}

}  // namespace tilewright::space
