#include "graph/op.h"

#include <fmt/format.h>

#include "base/match.h"

namespace tilewright::graph {
namespace {

std::string name_of(te::UnaryOp op) {
  switch (op) {
    case te::UnaryOp::neg:
      return "neg";
    case te::UnaryOp::abs:
      return "abs";
    case te::UnaryOp::logical_not:
      return "not";
    case te::UnaryOp::exp:
      return "exp";
    case te::UnaryOp::log:
      return "log";
    case te::UnaryOp::sqrt:
      return "sqrt";
    case te::UnaryOp::rsqrt:
      return "rsqrt";
    case te::UnaryOp::tanh:
      return "tanh";
    case te::UnaryOp::sigmoid:
      return "sigmoid";
    case te::UnaryOp::erf:
      return "erf";
    case te::UnaryOp::sin:
      return "sin";
    case te::UnaryOp::cos:
      return "cos";
    case te::UnaryOp::tan:
      return "tan";
    case te::UnaryOp::floor:
      return "floor";
    case te::UnaryOp::ceil:
      return "ceil";
    case te::UnaryOp::round:
      return "round";
    case te::UnaryOp::expm1:
      return "expm1";
    case te::UnaryOp::log1p:
      return "log1p";
    case te::UnaryOp::asin:
      return "asin";
    case te::UnaryOp::acos:
      return "acos";
    case te::UnaryOp::atan:
      return "atan";
    case te::UnaryOp::sinh:
      return "sinh";
    case te::UnaryOp::cosh:
      return "cosh";
    case te::UnaryOp::asinh:
      return "asinh";
    case te::UnaryOp::acosh:
      return "acosh";
    case te::UnaryOp::atanh:
      return "atanh";
  }
  return "unary";
}

std::string name_of(te::BinaryOp op) {
  switch (op) {
    case te::BinaryOp::add:
      return "add";
    case te::BinaryOp::sub:
      return "sub";
    case te::BinaryOp::mul:
      return "mul";
    case te::BinaryOp::div:
      return "div";
    case te::BinaryOp::floor_div:
      return "floor_div";
    case te::BinaryOp::floor_mod:
      return "floor_mod";
    case te::BinaryOp::min:
      return "min";
    case te::BinaryOp::max:
      return "max";
    case te::BinaryOp::pow:
      return "pow";
    case te::BinaryOp::eq:
      return "equal";
    case te::BinaryOp::ne:
      return "not_equal";
    case te::BinaryOp::lt:
      return "less";
    case te::BinaryOp::le:
      return "less_equal";
    case te::BinaryOp::gt:
      return "greater";
    case te::BinaryOp::ge:
      return "greater_equal";
    case te::BinaryOp::logical_and:
      return "and";
    case te::BinaryOp::logical_or:
      return "or";
    case te::BinaryOp::fmod:
      return "fmod";
    case te::BinaryOp::bit_and:
      return "bit_and";
    case te::BinaryOp::bit_or:
      return "bit_or";
    case te::BinaryOp::bit_xor:
      return "bit_xor";
  }
  return "binary";
}

std::string name_of(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::sum:
      return "sum";
    case ReduceKind::mean:
      return "mean";
    case ReduceKind::max:
      return "max";
    case ReduceKind::min:
      return "min";
    case ReduceKind::prod:
      return "prod";
  }
  return "reduce";
}

std::string name_of(ScatterKind kind) {
  switch (kind) {
    case ScatterKind::replace:
      return "replace";
    case ScatterKind::add:
      return "add";
    case ScatterKind::mul:
      return "mul";
    case ScatterKind::max:
      return "max";
    case ScatterKind::min:
      return "min";
  }
  return "scatter";
}

}  // namespace

std::string name_of(const Op& op) {
  return match_variant(
      op,
      [](const Conv& o) {
        if (o.winograd_tile != 0) return fmt::format("winograd{}", o.winograd_tile);
        return std::string(o.groups == 1 ? "conv2d" : "group_conv2d");
      },
      [](const Conv3d&) { return std::string("conv3d"); },
      [](const Pool& o) { return std::string(o.kind == PoolKind::max ? "max_pool" : "average_pool"); },
      [](const MatMul&) { return std::string("matmul"); }, [](const BatchNorm&) { return std::string("batch_norm"); },
      [](const Unary& o) { return name_of(o.op); }, [](const Relu&) { return std::string("relu"); },
      [](const LeakyRelu&) { return std::string("leaky_relu"); }, [](const Clip&) { return std::string("clip"); },
      [](const Binary& o) { return name_of(o.op); }, [](const Select&) { return std::string("select"); },
      [](const Cast&) { return std::string("cast"); }, [](const Reduce& o) { return "reduce_" + name_of(o.kind); },
      [](const CumSum&) { return std::string("cum_sum"); },
      [](const Softmax& o) { return std::string(o.log ? "log_softmax" : "softmax"); },
      [](const Lrn&) { return std::string("lrn"); }, [](const Reshape&) { return std::string("reshape"); },
      [](const Transpose&) { return std::string("transpose"); }, [](const Concat&) { return std::string("concat"); },
      [](const Pad&) { return std::string("pad"); }, [](const Slice&) { return std::string("slice"); },
      [](const Expand&) { return std::string("expand"); }, [](const Gather&) { return std::string("gather"); },
      [](const GatherElements&) { return std::string("gather_elements"); },
      [](const Scatter& o) { return "scatter_" + name_of(o.kind); }, [](const TopK&) { return std::string("top_k"); },
      [](const Identity&) { return std::string("identity"); });
}

bool is_elementwise(const Op& op) {
  return std::holds_alternative<Unary>(op) || std::holds_alternative<Relu>(op) ||
         std::holds_alternative<LeakyRelu>(op) || std::holds_alternative<Clip>(op) ||
         std::holds_alternative<Binary>(op) || std::holds_alternative<Select>(op) || std::holds_alternative<Cast>(op) ||
         std::holds_alternative<Identity>(op);
}

}  // namespace tilewright::graph
