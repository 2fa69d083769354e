#include "loop/program.h"

#include "base/integer.h"

namespace tilewright::loop {

std::int64_t Buffer::elements() const { return product(shape); }

ValueId Program::add(Value value) {
  values.push_back(std::move(value));
  return static_cast<ValueId>(values.size()) - 1;
}

AffineExpr Program::offset(BufferId id, const std::vector<AffineExpr>& at) const {
  AffineExpr sum;
  std::int64_t stride = 1;
  for (std::size_t d = at.size(); d-- > 0; stride *= buffer(id).shape[d]) sum = sum + at[d] * stride;
  return sum;
}

}  // namespace tilewright::loop
