#include "te/flops.h"

#include <algorithm>
#include <string>

#include "base/integer.h"

namespace tilewright::te {
namespace {

enum class TypeClass { integer, unsigned_integer, real };

TypeClass class_of(DType type) {
  if (is_float(type)) return TypeClass::real;
  return type == DType::boolean || type == DType::u8 ? TypeClass::unsigned_integer : TypeClass::integer;
}

/// Operations on values of the counted type class. Loads count nothing and their indices are not looked at; calls of
/// math functions (pow and fmod included) count their arguments only.
double count(const Expr& e, TypeClass counted) {
  return match(
      e, [](const Constant&) { return 0.0; }, [](const AxisIndex&) { return 0.0; }, [](const Load&) { return 0.0; },
      [&](const Unary& n) {
        const bool counts = (n.op == UnaryOp::neg || n.op == UnaryOp::logical_not) && class_of(n.a.type()) == counted;
        return (counts ? 1 : 0) + count(n.a, counted);
      },
      [&](const Binary& n) {
        const bool is_call = n.op == BinaryOp::pow || n.op == BinaryOp::fmod;
        const bool counts = !is_call && class_of(n.a.type()) == counted;
        return (counts ? 1 : 0) + count(n.a, counted) + count(n.b, counted);
      },
      [&](const Select& n) {
        return count(n.condition, counted) + std::max(count(n.on_true, counted), count(n.on_false, counted));
      },
      [&](const Cast& n) { return count(n.a, counted); },
      [&](const Reduce& n) {
        double iterations = 1;
        for (const AxisRef& axis : n.axes) iterations *= static_cast<double>(axis->extent);
        return iterations * (1 + count(n.source, counted));
      });
}

}  // namespace

double flop_count(const Dag& dag) {
  double flops = 0;
  for (const Tensor& tensor : dag.ops()) {
    if (tensor->is_placeholder()) continue;
    const auto given = tensor->attributes.find("FLOP");
    flops += given != tensor->attributes.end()
                 ? std::stod(given->second)
                 : static_cast<double>(tensor->elements()) * count(tensor->body, class_of(tensor->type));
  }
  return flops;
}

}  // namespace tilewright::te
