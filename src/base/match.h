#pragma once

#include <variant>

namespace tilewright {

/// Joins lambdas into one visitor: `std::visit(Overload{...}, v)` does not compile when a case is missing.
template <class... Cases>
struct Overload : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

template <class Variant, class... Cases>
decltype(auto) match_variant(Variant&& v, Cases&&... cases) {
  return std::visit(Overload{std::forward<Cases>(cases)...}, std::forward<Variant>(v));
}

}  // namespace tilewright
