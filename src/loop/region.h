#pragma once

#include <optional>
#include <vector>

#include "loop/bounds.h"

namespace tilewright::loop {

/// The values that `index` takes while the loop atoms for which `fixed` is false run through their extents: a span
/// whose low end depends on fixed atoms only. May be larger than the exact set, never smaller.
Span span_of(AffineTable& table, const AffineExpr& index, const std::vector<bool>& fixed);

/// The smallest span found that holds both, or nothing if their distance is not constant.
std::optional<Span> unite(const Span& a, const Span& b);

}  // namespace tilewright::loop
