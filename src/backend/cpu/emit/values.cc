#include "backend/cpu/emit/values.h"

#include <algorithm>

#include "backend/cpu/emit/math.h"
#include "base/error.h"

namespace tilewright::cpu {

using llvm::Value;
using loop::AffineExpr;
using loop::BinaryValue;
using loop::BufferId;
using loop::ValueId;
using te::BinaryOp;

ValueEmitter::ValueEmitter(FunctionContext& f) : f_(f), program_(f.shared.program) {
  f_.emit_value_atom = [this](int value) {
    Value* v = emit(value);
    TW_CHECK(!v->getType()->isVectorTy(), "an index differs between lanes where it should not");
    return v;
  };
}

Value* ValueEmitter::widen(Value* value) {
  if (lanes.count == 1 || value->getType()->isVectorTy()) return value;
  return f_.builder.CreateVectorSplat(static_cast<unsigned>(lanes.count), value);
}

bool ValueEmitter::depends_on_lane(const AffineExpr& index) {
  if (lanes.var < 0) return false;
  for (const AffineExpr::Term& term : index.terms) {
    const loop::AffineAtom& a = f_.shared.indices.atom(term.atom);
    if (term.atom == lanes.var || a.kind == loop::AffineAtom::Kind::value) return true;
    if (a.kind != loop::AffineAtom::Kind::loop && depends_on_lane(a.of)) return true;
  }
  return false;
}

Value* ValueEmitter::emit(ValueId id) {
  const loop::Value& value = program_.value(id);
  auto& builder = f_.builder;
  return match_variant(
      value.kind,
      [&](const loop::ConstantValue& n) -> Value* {
        llvm::Type* type = f_.value_type(value.type);
        if (type->isFloatingPointTy()) return llvm::ConstantFP::get(type, std::get<double>(n.value));
        return llvm::ConstantInt::getSigned(type, std::get<std::int64_t>(n.value));
      },
      [&](const loop::IndexValue& n) -> Value* {
        Value* wide = emit_linear(n.index);
        return builder.CreateSExtOrTrunc(wide, wide->getType()->getWithNewType(f_.value_type(value.type)));
      },
      [&](const loop::NonNegative& n) -> Value* { return emit_conditions({n.index}); },
      [&](const loop::LoadValue& n) -> Value* { return load(n.buffer, n.indices); },
      [&](const loop::UnaryValue& n) -> Value* { return emit_unary(f_, n.op, emit(n.a), is_unsigned(n.a)); },
      [&](const BinaryValue& n) -> Value* { return emit_binary_value(value, n); },
      [&](const loop::SelectValue& n) -> Value* { return emit_select(value, n); },
      [&](const loop::CastValue& n) -> Value* {
        return emit_cast(f_, emit(n.a), program_.value(n.a).type, value.type);
      });
}

Value* ValueEmitter::emit_linear(const AffineExpr& index) {
  auto& builder = f_.builder;
  const AffineExpr simple = f_.simplify(index);
  if (!depends_on_lane(simple)) return f_.emit_index(simple);
  const std::int64_t stride = simple.coefficient(lanes.var);
  const AffineExpr rest = simple - loop::AffineTable::variable(lanes.var) * stride;
  if (!depends_on_lane(rest)) {
    Value* first = f_.emit_index(rest + AffineExpr(stride * lanes.begin));
    std::vector<llvm::Constant*> steps;
    for (int lane = 0; lane < lanes.count; ++lane)
      steps.push_back(builder.getInt64(static_cast<std::uint64_t>(lane * stride)));
    return builder.CreateAdd(widen(first), llvm::ConstantVector::get(steps));
  }
  Value* result =
      llvm::PoisonValue::get(llvm::FixedVectorType::get(builder.getInt64Ty(), static_cast<unsigned>(lanes.count)));
  for (int lane = 0; lane < lanes.count; ++lane) {
    Value* element = emit_in_lane(simple, lane, [&] { return f_.emit_index(f_.simplify(simple)); });
    result = builder.CreateInsertElement(result, element, static_cast<std::uint64_t>(lane));
  }
  return result;
}

Value* ValueEmitter::emit_in_lane(const AffineExpr& index, int lane, const std::function<Value*()>& emit_one) {
  const Lanes all = lanes;
  Value* const all_mask = mask;
  Value* active =
      mask && loads(index) ? f_.builder.CreateExtractElement(mask, static_cast<std::uint64_t>(lane)) : nullptr;
  f_.set_constant(all.var, all.begin + lane);
  lanes = {}, mask = nullptr;
  Value* result = active ? emit_where(active, emit_one, nullptr) : emit_one();
  lanes = all, mask = all_mask;
  f_.clear(all.var);
  return result;
}

Value* ValueEmitter::emit_conditions(const std::vector<AffineExpr>& conditions) {
  auto& builder = f_.builder;
  Value* all = nullptr;
  for (const AffineExpr& condition : conditions) {
    Value* index = emit_linear(condition);
    Value* holds = builder.CreateICmpSGE(index, llvm::Constant::getNullValue(index->getType()));
    if (all && all->getType() != holds->getType()) {
      all = widen(all);
      holds = widen(holds);
    }
    all = all ? builder.CreateAnd(all, holds) : holds;
  }
  return all;
}

Value* ValueEmitter::emit_binary_value(const loop::Value& value, const BinaryValue& n) {
  auto& builder = f_.builder;
  if (n.op == BinaryOp::add && is_float(value.type)) {
    for (const auto& [product, addend] : {std::pair(n.b, n.a), std::pair(n.a, n.b)}) {
      const auto* mul = std::get_if<BinaryValue>(&program_.value(product).kind);
      if (!mul || mul->op != BinaryOp::mul) continue;
      Value* a = emit(mul->a);
      Value* b = emit(mul->b);
      Value* c = emit(addend);
      if (a->getType()->isVectorTy() || b->getType()->isVectorTy() || c->getType()->isVectorTy())
        a = widen(a), b = widen(b), c = widen(c);
      // Without the instruction, two: a call of the C library's fmaf for each lane would take far longer.
      const auto id = f_.shared.target.has_fma ? llvm::Intrinsic::fma : llvm::Intrinsic::fmuladd;
      return builder.CreateIntrinsic(id, {a->getType()}, {a, b, c});
    }
  }
  const bool lazy = n.op == BinaryOp::logical_and || n.op == BinaryOp::logical_or;
  if (lazy && !is_eager(n.b)) {
    Value* a = emit(n.a);
    const bool is_and = n.op == BinaryOp::logical_and;
    Value* decided = llvm::ConstantInt::getBool(a->getType(), !is_and);
    return emit_lazily(is_and ? a : builder.CreateNot(a), n.b, decided);
  }
  Value* a = emit(n.a);
  Value* b = emit(n.b);
  if (a->getType()->isVectorTy() || b->getType()->isVectorTy()) a = widen(a), b = widen(b);
  return emit_binary(f_, n.op, a, b, is_unsigned(n.a));
}

bool ValueEmitter::is_unsigned(ValueId id) const {
  const DType type = program_.value(id).type;
  return type == DType::u8 || type == DType::boolean;
}

bool ValueEmitter::is_eager(ValueId id) {
  return match_variant(
      program_.value(id).kind, [](const loop::ConstantValue&) { return true; },
      [&](const loop::IndexValue& n) { return !loads(n.index); },
      [&](const loop::NonNegative& n) { return !loads(n.index); }, [](const loop::LoadValue&) { return false; },
      [&](const loop::UnaryValue& n) { return is_eager(n.a); },
      [&](const BinaryValue& n) { return is_eager(n.a) && is_eager(n.b); },
      [&](const loop::SelectValue& n) { return is_eager(n.condition) && is_eager(n.on_true) && is_eager(n.on_false); },
      [&](const loop::CastValue& n) { return is_eager(n.a); });
}

bool ValueEmitter::loads(const AffineExpr& index) {
  return std::any_of(index.terms.begin(), index.terms.end(), [&](const AffineExpr::Term& term) {
    const loop::AffineAtom& a = f_.shared.indices.atom(term.atom);
    return a.kind == loop::AffineAtom::Kind::value ? !is_eager(a.value) : loads(a.of);
  });
}

Value* ValueEmitter::emit_select(const loop::Value&, const loop::SelectValue& n) {
  auto& builder = f_.builder;
  Value* condition = emit(n.condition);
  if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(condition))  // an unrolled loop decides it
    return emit(known->isOne() ? n.on_true : n.on_false);
  if (is_eager(n.on_true) && is_eager(n.on_false)) {
    Value* a = emit(n.on_true);
    Value* b = emit(n.on_false);
    if (condition->getType()->isVectorTy() || a->getType()->isVectorTy() || b->getType()->isVectorTy()) {
      a = widen(a), b = widen(b);
    }
    return builder.CreateSelect(condition, a, b);
  }
  Value* otherwise =
      is_eager(n.on_false) ? emit(n.on_false) : emit_lazily(builder.CreateNot(condition), n.on_false, nullptr);
  return emit_lazily(condition, n.on_true, otherwise);
}

Value* ValueEmitter::emit_lazily(Value* condition, ValueId id, Value* otherwise) {
  return emit_where(condition, [&] { return emit(id); }, otherwise);
}

Value* ValueEmitter::emit_where(Value* condition, const std::function<Value*()>& emit_value, Value* otherwise) {
  auto& builder = f_.builder;
  const bool per_lane = condition->getType()->isVectorTy();
  Value* active = condition;
  if (per_lane && mask) active = builder.CreateAnd(condition, mask);
  Value* any = per_lane ? builder.CreateOrReduce(active) : condition;
  auto* then = llvm::BasicBlock::Create(f_.function->getContext(), "then", f_.function);
  auto* join = llvm::BasicBlock::Create(f_.function->getContext(), "join", f_.function);
  llvm::BasicBlock* before = builder.GetInsertBlock();
  builder.CreateCondBr(any, then, join);
  builder.SetInsertPoint(then);
  Value* outer_mask = mask;
  if (per_lane) mask = active;
  Value* value = emit_value();
  mask = outer_mask;
  const bool vector = per_lane || value->getType()->isVectorTy() || (otherwise && otherwise->getType()->isVectorTy());
  if (vector) value = widen(value);
  if (otherwise && vector && !otherwise->getType()->isVectorTy()) {
    // Splat where it dominates both ways.
    llvm::IRBuilder<>::InsertPointGuard guard(builder);
    builder.SetInsertPoint(before->getTerminator());
    otherwise = widen(otherwise);
  }
  if (!otherwise) otherwise = llvm::Constant::getNullValue(value->getType());
  if (per_lane) value = builder.CreateSelect(condition, value, otherwise);
  llvm::BasicBlock* end = builder.GetInsertBlock();
  builder.CreateBr(join);
  builder.SetInsertPoint(join);
  auto* phi = builder.CreatePHI(value->getType(), 2);
  phi->addIncoming(value, end);
  phi->addIncoming(otherwise, before);
  return phi;
}

}  // namespace tilewright::cpu
