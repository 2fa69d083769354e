#pragma once

#include "backend/cpu/emit/function.h"
#include "te/expr.h"

namespace tilewright::cpu {

/// A unary operation on a scalar or vector. Functions of f32 vectors that are no instructions call glibc's libmvec one
/// register at a time (errors up to 4 ulp) where the target has one, but for exp, which is in line; scalars call libm.
/// `is_unsigned`: u8 and bool.
llvm::Value* emit_unary(FunctionContext& f, te::UnaryOp op, llvm::Value* a, bool is_unsigned);

/// A binary operation; both sides have one type. No operands trap, of integers neither.
llvm::Value* emit_binary(FunctionContext& f, te::BinaryOp op, llvm::Value* a, llvm::Value* b, bool is_unsigned);

/// `value` of type `from` as type `to`, scalar or vector.
llvm::Value* emit_cast(FunctionContext& f, llvm::Value* value, DType from, DType to);

/// f32 as bf16, rounded to the nearest, ties to even; NaN stays NaN. In integer arithmetic: LLVM would call compiler-rt
/// on processors without the instruction, and the instruction takes subnormal numbers for zero.
llvm::Value* emit_bf16(FunctionContext& f, llvm::Value* value);

}  // namespace tilewright::cpu
