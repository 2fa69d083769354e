#include "backend/cpu/emit/math.h"

#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/IR/PatternMatch.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace tilewright::cpu {
namespace {

using llvm::Value;
using llvm::Intrinsic::ID;
using te::BinaryOp;
using te::UnaryOp;

int lanes_of(Value* v) {
  auto* type = llvm::dyn_cast<llvm::FixedVectorType>(v->getType());
  return type ? static_cast<int>(type->getNumElements()) : 1;
}

/// The letter by which glibc's libmvec names its functions on a full vector register of the target ("e" in
/// _ZGVeN16v_expf); 0: there is no libmvec for it, as on AArch64 before glibc 2.38.
char vector_math_letter(const target::TargetSpec& target) {
  if (target.is_aarch64()) return 0;
  switch (target.vector_bytes) {
    case 64:
      return 'e';
    case 32:
      return 'd';
    default:
      return 'b';
  }
}

/// libmvec's name of an f32 function: _ZGVeN16v_expf with 16 lanes, d for 8 (AVX2), b for 4 (SSE).
std::string vector_function(const target::TargetSpec& target, const std::string& name, int lanes, int arguments) {
  const std::string parameters(static_cast<std::size_t>(arguments), 'v');
  return fmt::format("_ZGV{}N{}{}_{}", vector_math_letter(target), lanes, parameters, name);
}

Value* call_pure(FunctionContext& f, const std::string& name, llvm::Type* type, llvm::ArrayRef<Value*> arguments) {
  std::vector<llvm::Type*> types(arguments.size(), type);
  auto callee = f.shared.module.getOrInsertFunction(name, llvm::FunctionType::get(type, types, false));
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotThrow();
  function->setDoesNotAccessMemory();
  function->setWillReturn();
  return f.builder.CreateCall(callee, arguments);
}

/// Lanes [begin, begin + count) of v; lanes beyond its end are copies of lane 0, so that they are harmless.
Value* part_of(FunctionContext& f, Value* v, int begin, int count) {
  std::vector<int> mask;
  for (int i = 0; i < count; ++i) mask.push_back(begin + i < lanes_of(v) ? begin + i : 0);
  return f.builder.CreateShuffleVector(v, mask);
}

/// `emit_register` of vectors, `width` lanes at a time: it gets one part of each argument and returns one of f32.
template <class Emit>
Value* by_registers(FunctionContext& f, int width, const std::vector<Value*>& arguments, const Emit& emit_register) {
  const int lanes = lanes_of(arguments[0]);
  if (lanes == width) return emit_register(arguments);
  Value* result =
      llvm::PoisonValue::get(llvm::FixedVectorType::get(f.builder.getFloatTy(), static_cast<unsigned>(lanes)));
  for (int begin = 0; begin < lanes; begin += width) {
    std::vector<Value*> parts;
    for (Value* a : arguments) parts.push_back(part_of(f, a, begin, width));
    Value* part = emit_register(parts);
    // Widen the part to the result's lanes, then put it in its place.
    std::vector<int> widen, place;
    for (int i = 0; i < lanes; ++i) widen.push_back(i < width ? i : -1);
    for (int i = 0; i < lanes; ++i) place.push_back(i >= begin && i < begin + width ? lanes + i - begin : i);
    result = f.builder.CreateShuffleVector(result, f.builder.CreateShuffleVector(part, widen), place);
  }
  return result;
}

/// Calls a scalar libm function lane by lane, or for f32 libmvec register by register where there is one.
Value* call_math(FunctionContext& f, const std::string& name, std::vector<Value*> arguments) {
  llvm::Type* type = arguments[0]->getType();
  llvm::Type* element = type->getScalarType();
  const std::string scalar_name = name + (element->isFloatTy() ? "f" : "");
  const int lanes = lanes_of(arguments[0]);
  if (!type->isVectorTy()) return call_pure(f, scalar_name, element, arguments);
  if (!element->isFloatTy() || vector_math_letter(f.shared.target) == 0) {
    Value* result = llvm::PoisonValue::get(type);
    for (int lane = 0; lane < lanes; ++lane) {
      std::vector<Value*> scalars;
      for (Value* a : arguments) scalars.push_back(f.builder.CreateExtractElement(a, static_cast<std::uint64_t>(lane)));
      result = f.builder.CreateInsertElement(result, call_pure(f, scalar_name, element, scalars),
                                             static_cast<std::uint64_t>(lane));
    }
    return result;
  }
  const int width = f.shared.target.lanes(DType::f32);
  const std::string function = vector_function(f.shared.target, scalar_name, width, static_cast<int>(arguments.size()));
  return by_registers(f, width, arguments, [&](const std::vector<Value*>& parts) {
    return call_pure(f, function, parts[0]->getType(), parts);
  });
}

/// x * 2^n for whole n, |n| < 252, both vectors of f32: in two steps, so that results that are not normal are right.
Value* emit_scale(FunctionContext& f, Value* x, Value* n) {
  auto& builder = f.builder;
  if (f.shared.target.has_scalef()) {
    const int width = f.shared.target.lanes(DType::f32);
    return by_registers(f, width, {x, n}, [&](const std::vector<Value*>& parts) {
      constexpr std::uint64_t kAllLanes = 0xffff, kRoundAsSet = 4;
      return builder.CreateIntrinsic(
          llvm::Intrinsic::x86_avx512_mask_scalef_ps_512, {},
          {parts[0], parts[1], parts[0], builder.getInt16(kAllLanes), builder.getInt32(kRoundAsSet)});
    });
  }
  llvm::Type* word = x->getType()->getWithNewType(builder.getInt32Ty());
  const auto constant = [&](std::uint64_t value) { return llvm::ConstantInt::get(word, value); };
  Value* whole = builder.CreateFPToSI(n, word);
  Value* half = builder.CreateAShr(whole, constant(1));
  for (Value* part : {half, builder.CreateSub(whole, half)}) {
    Value* bits = builder.CreateShl(builder.CreateAdd(part, constant(127)), constant(23));
    x = builder.CreateFMul(x, builder.CreateBitCast(bits, x->getType()));
  }
  return x;
}

/// max or min that passes on NaN; which zero it gives of two is left open. x86's max returns its second operand when
/// either is NaN, and a compare-and-select in this order is that instruction: a NaN in the first has to be put back,
/// unless that is a number.
Value* emit_extremum(FunctionContext& f, bool max, Value* a, Value* b) {
  auto& builder = f.builder;
  if (f.shared.target.is_aarch64())  // one instruction there
    return builder.CreateBinaryIntrinsic(max ? llvm::Intrinsic::maximum : llvm::Intrinsic::minimum, a, b);
  const auto is_number = [](Value* v) { return llvm::PatternMatch::match(v, llvm::PatternMatch::m_NonNaN()); };
  if (!is_number(a)) std::swap(a, b);  // what is updated comes first in a reduction: its NaN passes
  Value* greater = builder.CreateSelect(max ? builder.CreateFCmpOGT(a, b) : builder.CreateFCmpOLT(a, b), a, b);
  return is_number(a) ? greater : builder.CreateSelect(builder.CreateFCmpUNO(a, a), a, greater);
}

/// e^x of a vector of f32, within one unit in the last place or so: x = n ln 2 + r, and the polynomial of Cephes'
/// expf (S. Moshier, 1989) for e^r. In line, since a call would put all registers of the tile into memory.
Value* emit_exp(FunctionContext& f, Value* x) {
  auto& builder = f.builder;
  const auto constant = [&](double value) { return llvm::ConstantFP::get(x->getType(), value); };
  const auto multiply_add = [&](Value* a, Value* b, Value* c) {
    return builder.CreateIntrinsic(llvm::Intrinsic::fmuladd, {x->getType()}, {a, b, c});
  };
  // Beyond these, e^x is 0 and infinite, and n stays small.
  constexpr double kLowest = -150, kHighest = 150;
  x = emit_extremum(f, true, constant(kLowest), x);
  x = emit_extremum(f, false, constant(kHighest), x);
  constexpr double kLog2E = 1.44269504088896341, kLn2High = 0.693359375, kLn2Low = -2.12194440e-4;
  Value* n = builder.CreateUnaryIntrinsic(llvm::Intrinsic::roundeven, builder.CreateFMul(x, constant(kLog2E)));
  Value* r = multiply_add(n, constant(-kLn2High), x);  // exact: few bits in n and in kLn2High
  r = multiply_add(n, constant(-kLn2Low), r);
  Value* p = constant(1.9875691500e-4);
  for (const double c : {1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1.0, 1.0})
    p = multiply_add(p, r, constant(c));
  return emit_scale(f, p, n);
}

Value* call_exp(FunctionContext& f, Value* x) {
  const bool is_vector_of_f32 = x->getType()->isVectorTy() && x->getType()->getScalarType()->isFloatTy();
  return is_vector_of_f32 ? emit_exp(f, x) : call_math(f, "exp", {x});
}

Value* emit_sigmoid(FunctionContext& f, Value* a) {
  Value* one = llvm::ConstantFP::get(a->getType(), 1.0);
  return f.builder.CreateFDiv(one, f.builder.CreateFAdd(one, call_exp(f, f.builder.CreateFNeg(a))));
}

Value* emit_float_binary(FunctionContext& f, BinaryOp op, Value* a, Value* b) {
  auto& builder = f.builder;
  switch (op) {
    case BinaryOp::add:
      return builder.CreateFAdd(a, b);
    case BinaryOp::sub:
      return builder.CreateFSub(a, b);
    case BinaryOp::mul:
      return builder.CreateFMul(a, b);
    case BinaryOp::div:
      return builder.CreateFDiv(a, b);
    case BinaryOp::pow:
      return call_math(f, "pow", {a, b});
    case BinaryOp::fmod:  // LLVM calls the C library for each lane
      return builder.CreateFRem(a, b);
    case BinaryOp::min:
      return emit_extremum(f, false, a, b);
    case BinaryOp::max:
      return emit_extremum(f, true, a, b);
    case BinaryOp::eq:
      return builder.CreateFCmpOEQ(a, b);
    case BinaryOp::ne:
      return builder.CreateFCmpUNE(a, b);
    case BinaryOp::lt:
      return builder.CreateFCmpOLT(a, b);
    case BinaryOp::le:
      return builder.CreateFCmpOLE(a, b);
    case BinaryOp::gt:
      return builder.CreateFCmpOGT(a, b);
    case BinaryOp::ge:
      return builder.CreateFCmpOGE(a, b);
    default:
      TW_CHECK(false, "no such operation on floats");
  }
}

/// Quotient or remainder of signed integers as te/fold.h says, whatever the operands: quotients by 0 are 0, those by -1
/// wrap, remainders by either are 0. The machine divides by 1 in their place, since it (x86) or the language (LLVM's)
/// has no answer. Frozen, as lanes that nobody looks at may hold anything.
Value* emit_division(FunctionContext& f, BinaryOp op, Value* a, Value* b) {
  auto& builder = f.builder;
  const auto constant = [&](std::int64_t value) { return llvm::ConstantInt::getSigned(a->getType(), value); };
  if (!llvm::isa<llvm::Constant>(b)) b = builder.CreateFreeze(b);
  Value* zero_or_minus_one = builder.CreateICmpULT(builder.CreateAdd(b, constant(1)), constant(2));
  Value* divisor = builder.CreateSelect(zero_or_minus_one, constant(1), b);
  Value* quotient = builder.CreateSDiv(a, divisor);
  if (op == BinaryOp::div) return builder.CreateSelect(zero_or_minus_one, builder.CreateMul(a, b), quotient);
  Value* remainder = builder.CreateSub(a, builder.CreateMul(quotient, divisor));
  Value* signs_differ = builder.CreateICmpSLT(builder.CreateXor(remainder, divisor), constant(0));
  Value* rounds_down = builder.CreateAnd(signs_differ, builder.CreateICmpNE(remainder, constant(0)));
  if (op == BinaryOp::floor_mod)
    return builder.CreateAdd(remainder, builder.CreateSelect(rounds_down, divisor, constant(0)));
  Value* floor = builder.CreateSub(quotient, builder.CreateZExt(rounds_down, a->getType()));
  return builder.CreateSelect(zero_or_minus_one, builder.CreateMul(a, b), floor);
}

Value* emit_integer_binary(FunctionContext& f, BinaryOp op, Value* a, Value* b, bool is_unsigned) {
  auto& builder = f.builder;
  switch (op) {
    case BinaryOp::add:
      return builder.CreateAdd(a, b);
    case BinaryOp::sub:
      return builder.CreateSub(a, b);
    case BinaryOp::mul:
      return builder.CreateMul(a, b);
    case BinaryOp::div:
    case BinaryOp::floor_div:
    case BinaryOp::floor_mod:
      if (is_unsigned) {  // widen, so that the signed division is right
        llvm::Type* wide = a->getType()->getWithNewBitWidth(32);
        Value* result = emit_division(f, op, builder.CreateZExt(a, wide), builder.CreateZExt(b, wide));
        return builder.CreateTrunc(result, a->getType());
      }
      return emit_division(f, op, a, b);
    case BinaryOp::min:
      return builder.CreateBinaryIntrinsic(is_unsigned ? llvm::Intrinsic::umin : llvm::Intrinsic::smin, a, b);
    case BinaryOp::max:
      return builder.CreateBinaryIntrinsic(is_unsigned ? llvm::Intrinsic::umax : llvm::Intrinsic::smax, a, b);
    case BinaryOp::eq:
      return builder.CreateICmpEQ(a, b);
    case BinaryOp::ne:
      return builder.CreateICmpNE(a, b);
    case BinaryOp::lt:
      return is_unsigned ? builder.CreateICmpULT(a, b) : builder.CreateICmpSLT(a, b);
    case BinaryOp::le:
      return is_unsigned ? builder.CreateICmpULE(a, b) : builder.CreateICmpSLE(a, b);
    case BinaryOp::gt:
      return is_unsigned ? builder.CreateICmpUGT(a, b) : builder.CreateICmpSGT(a, b);
    case BinaryOp::ge:
      return is_unsigned ? builder.CreateICmpUGE(a, b) : builder.CreateICmpSGE(a, b);
    case BinaryOp::logical_and:
      return builder.CreateAnd(a, b);
    case BinaryOp::logical_or:
      return builder.CreateOr(a, b);
    case BinaryOp::bit_and:
      return builder.CreateAnd(a, b);
    case BinaryOp::bit_or:
      return builder.CreateOr(a, b);
    case BinaryOp::bit_xor:
      return builder.CreateXor(a, b);
    case BinaryOp::pow:
    case BinaryOp::fmod:
      break;
  }
  TW_CHECK(false, "no such operation on integers");
}

/// A float as an integer (base/rounding.h): what is beyond the integers that it is truncated to, NaN too, becomes the
/// smallest of them.
Value* emit_truncation(FunctionContext& f, Value* value, DType to) {
  auto& builder = f.builder;
  const bool wide = to == DType::i64;
  Value* end = llvm::ConstantFP::get(value->getType(), wide ? 0x1p63 : 0x1p31);
  Value* fits = builder.CreateFCmpOLT(builder.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value), end);
  Value* held = builder.CreateSelect(fits, value, builder.CreateFNeg(end));
  llvm::Type* type = value->getType()->getWithNewType(wide ? builder.getInt64Ty() : builder.getInt32Ty());
  return builder.CreateTrunc(builder.CreateFPToSI(held, type), value->getType()->getWithNewType(f.value_type(to)));
}

}  // namespace

Value* emit_unary(FunctionContext& f, UnaryOp op, Value* a, bool is_unsigned) {
  auto& builder = f.builder;
  const bool floats = a->getType()->isFPOrFPVectorTy();
  auto intrinsic = [&](ID id) { return builder.CreateUnaryIntrinsic(id, a); };
  switch (op) {
    case UnaryOp::neg:
      return floats ? builder.CreateFNeg(a) : builder.CreateNeg(a);
    case UnaryOp::abs:
      if (is_unsigned) return a;
      return floats ? intrinsic(llvm::Intrinsic::fabs)
                    : builder.CreateBinaryIntrinsic(llvm::Intrinsic::abs, a, builder.getFalse());
    case UnaryOp::logical_not:
      return builder.CreateNot(a);
    case UnaryOp::sqrt:
      return intrinsic(llvm::Intrinsic::sqrt);
    case UnaryOp::rsqrt:
      return builder.CreateFDiv(llvm::ConstantFP::get(a->getType(), 1.0), intrinsic(llvm::Intrinsic::sqrt));
    case UnaryOp::floor:
      return intrinsic(llvm::Intrinsic::floor);
    case UnaryOp::ceil:
      return intrinsic(llvm::Intrinsic::ceil);
    case UnaryOp::round:
      return intrinsic(llvm::Intrinsic::roundeven);
    case UnaryOp::sigmoid:
      return emit_sigmoid(f, a);
    case UnaryOp::exp:
      return call_exp(f, a);
    case UnaryOp::log:
      return call_math(f, "log", {a});
    case UnaryOp::expm1:
      return call_math(f, "expm1", {a});
    case UnaryOp::log1p:
      return call_math(f, "log1p", {a});
    case UnaryOp::tanh:
      return call_math(f, "tanh", {a});
    case UnaryOp::erf:
      return call_math(f, "erf", {a});
    case UnaryOp::sin:
      return call_math(f, "sin", {a});
    case UnaryOp::cos:
      return call_math(f, "cos", {a});
    case UnaryOp::tan:
      return call_math(f, "tan", {a});
    case UnaryOp::asin:
      return call_math(f, "asin", {a});
    case UnaryOp::acos:
      return call_math(f, "acos", {a});
    case UnaryOp::atan:
      return call_math(f, "atan", {a});
    case UnaryOp::sinh:
      return call_math(f, "sinh", {a});
    case UnaryOp::cosh:
      return call_math(f, "cosh", {a});
    case UnaryOp::asinh:
      return call_math(f, "asinh", {a});
    case UnaryOp::acosh:
      return call_math(f, "acosh", {a});
    case UnaryOp::atanh:
      return call_math(f, "atanh", {a});
  }
  return nullptr;
}

Value* emit_binary(FunctionContext& f, BinaryOp op, Value* a, Value* b, bool is_unsigned) {
  return a->getType()->isFPOrFPVectorTy() ? emit_float_binary(f, op, a, b)
                                          : emit_integer_binary(f, op, a, b, is_unsigned);
}

Value* emit_bf16(FunctionContext& f, Value* value) {
  auto& builder = f.builder;
  llvm::Type* word = value->getType()->getWithNewType(builder.getInt32Ty());
  const auto constant = [&](std::uint64_t bits) { return llvm::ConstantInt::get(word, bits); };
  Value* bits = builder.CreateBitCast(value, word);
  Value* odd = builder.CreateAnd(builder.CreateLShr(bits, 16), constant(1));
  Value* rounded = builder.CreateAdd(bits, builder.CreateAdd(odd, constant(0x7fff)));
  Value* quiet = builder.CreateOr(bits, constant(0x400000));
  Value* result = builder.CreateSelect(builder.CreateFCmpUNO(value, value), quiet, rounded);
  Value* half = builder.CreateTrunc(builder.CreateLShr(result, 16), word->getWithNewType(builder.getInt16Ty()));
  return builder.CreateBitCast(half, word->getWithNewType(builder.getBFloatTy()));
}

Value* emit_cast(FunctionContext& f, Value* value, DType from, DType to) {
  auto& builder = f.builder;
  if (from == to) return value;
  llvm::Type* type = value->getType()->getWithNewType(f.value_type(to));
  if (to == DType::bf16)  // round through memory precision, then compute in float
    return builder.CreateFPExt(emit_bf16(f, emit_cast(f, value, from, DType::f32)), type);
  if (is_float(from) && is_float(to)) return value->getType() == type ? value : builder.CreateFPCast(value, type);
  if (is_float(from)) {
    if (to == DType::boolean) return builder.CreateFCmpUNE(value, llvm::Constant::getNullValue(value->getType()));
    return emit_truncation(f, value, to);
  }
  const bool is_unsigned = from == DType::u8 || from == DType::boolean;
  if (is_float(to)) return is_unsigned ? builder.CreateUIToFP(value, type) : builder.CreateSIToFP(value, type);
  if (to == DType::boolean) return builder.CreateICmpNE(value, llvm::Constant::getNullValue(value->getType()));
  return is_unsigned ? builder.CreateZExtOrTrunc(value, type) : builder.CreateSExtOrTrunc(value, type);
}

}  // namespace tilewright::cpu
