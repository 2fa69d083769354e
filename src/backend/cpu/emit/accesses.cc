#include <algorithm>

#include "backend/cpu/emit/math.h"
#include "backend/cpu/emit/values.h"
#include "base/error.h"

namespace tilewright::cpu {

using llvm::Value;
using loop::AffineExpr;
using loop::BufferId;

ValueEmitter::Access ValueEmitter::access(BufferId buffer, const std::vector<AffineExpr>& indices) {
  Access a;
  a.offset = f_.simplify(program_.offset(buffer, indices));
  if (!depends_on_lane(a.offset)) return a;
  a.stride = a.offset.coefficient(lanes.var);
  const AffineExpr rest = a.offset - loop::AffineTable::variable(lanes.var) * a.stride;
  a.irregular = depends_on_lane(rest);
  if (!a.irregular) a.offset = rest + AffineExpr(a.stride * lanes.begin);
  return a;
}

ValueEmitter::ElementKey ValueEmitter::key_of(BufferId buffer, const std::vector<AffineExpr>& indices) {
  const Access a = access(buffer, indices);
  ElementKey key{buffer, lanes.count, a.stride, a.irregular ? lanes.begin : 0, a.offset.constant};
  for (const AffineExpr::Term& term : a.offset.terms) {
    key.push_back(term.atom);
    key.push_back(term.coefficient);
  }
  return key;
}

Value* ValueEmitter::from_memory(Value* value, DType type) {
  auto& builder = f_.builder;
  if (type == DType::boolean) return builder.CreateICmpNE(value, llvm::Constant::getNullValue(value->getType()));
  if (type == DType::bf16) return builder.CreateFPExt(value, value->getType()->getWithNewType(builder.getFloatTy()));
  return value;
}

Value* ValueEmitter::to_memory(Value* value, DType type) {
  auto& builder = f_.builder;
  if (type == DType::boolean) return builder.CreateZExt(value, value->getType()->getWithNewType(builder.getInt8Ty()));
  if (type == DType::bf16) return emit_bf16(f_, value);
  return value;
}

Value* ValueEmitter::load(BufferId buffer, const std::vector<AffineExpr>& indices) {
  if (!registers.empty()) {
    if (auto it = registers.find(key_of(buffer, indices)); it != registers.end()) {
      auto* slot = llvm::cast<llvm::AllocaInst>(it->second);
      return f_.builder.CreateLoad(slot->getAllocatedType(), slot);
    }
  }
  if (!loaded.empty())
    if (auto it = loaded.find(key_of(buffer, indices)); it != loaded.end()) return it->second;
  return load_memory(buffer, access(buffer, indices));
}

Value* ValueEmitter::load_memory(BufferId id, const Access& a) {
  auto& builder = f_.builder;
  const loop::Buffer& buffer = program_.buffer(id);
  llvm::Type* element = f_.memory_type(buffer.type);
  const llvm::Align align(static_cast<std::uint64_t>(bytes_of(buffer.type)));
  if (a.irregular || (a.stride != 0 && a.stride != 1)) return from_memory(gather(id, a), buffer.type);
  Value* address = f_.emit_address(id, a.offset);
  if (a.stride == 0 || lanes.count == 1)
    return from_memory(builder.CreateAlignedLoad(element, address, align), buffer.type);
  auto* type = llvm::FixedVectorType::get(element, static_cast<unsigned>(lanes.count));
  if (mask)
    return from_memory(builder.CreateMaskedLoad(type, address, align, mask, llvm::Constant::getNullValue(type)),
                       buffer.type);
  return from_memory(builder.CreateAlignedLoad(type, address, align), buffer.type);
}

Value* ValueEmitter::address_of_lane(BufferId buffer, const Access& a, int lane) {
  if (!a.irregular) return f_.emit_address(buffer, a.offset + AffineExpr(a.stride * lane));
  return emit_in_lane(a.offset, lane, [&] { return f_.emit_address(buffer, f_.simplify(a.offset)); });
}

Value* ValueEmitter::gather(BufferId id, const Access& a) {
  auto& builder = f_.builder;
  llvm::Type* element = f_.memory_type(program_.buffer(id).type);
  const llvm::Align align(static_cast<std::uint64_t>(bytes_of(program_.buffer(id).type)));
  if (lanes.count == 1) return builder.CreateAlignedLoad(element, address_of_lane(id, a, 0), align);
  auto* type = llvm::FixedVectorType::get(element, static_cast<unsigned>(lanes.count));
  Value* result = llvm::Constant::getNullValue(type);
  if (mask && !is_tail()) {
    auto* pointers = llvm::FixedVectorType::get(builder.getPtrTy(), static_cast<unsigned>(lanes.count));
    Value* addresses = llvm::PoisonValue::get(pointers);
    for (int lane = 0; lane < lanes.count; ++lane)
      addresses =
          builder.CreateInsertElement(addresses, address_of_lane(id, a, lane), static_cast<std::uint64_t>(lane));
    return builder.CreateMaskedGather(type, addresses, align, mask, llvm::Constant::getNullValue(type));
  }
  for (int lane = 0; lane < lanes.active; ++lane)
    result =
        builder.CreateInsertElement(result, builder.CreateAlignedLoad(element, address_of_lane(id, a, lane), align),
                                    static_cast<std::uint64_t>(lane));
  return result;
}

void ValueEmitter::store(BufferId buffer, const std::vector<AffineExpr>& indices, Value* value) {
  if (!registers.empty()) {
    if (auto it = registers.find(key_of(buffer, indices)); it != registers.end()) {
      auto* slot = llvm::cast<llvm::AllocaInst>(it->second);
      if (slot->getAllocatedType()->isVectorTy()) value = widen(value);
      if (mask && !is_tail()) {  // nobody looks at what lies beyond a tail
        Value* old = f_.builder.CreateLoad(slot->getAllocatedType(), slot);
        value = f_.builder.CreateSelect(mask, widen(value), old);
      }
      f_.builder.CreateStore(value, slot);
      return;
    }
  }
  store_memory(buffer, access(buffer, indices), value);
}

void ValueEmitter::store_memory(BufferId id, const Access& a, Value* value) {
  auto& builder = f_.builder;
  const DType type = program_.buffer(id).type;
  const llvm::Align align(static_cast<std::uint64_t>(bytes_of(type)));
  if (a.irregular || (a.stride != 0 && a.stride != 1)) return scatter(id, a, value);
  if (a.stride == 0) {
    // The same element in every lane: the last iteration's value is the one that stays.
    if (value->getType()->isVectorTy())
      value = builder.CreateExtractElement(value, static_cast<std::uint64_t>(lanes.active - 1));
    builder.CreateAlignedStore(to_memory(value, type), f_.emit_address(id, a.offset), align);
    return;
  }
  value = to_memory(widen(value), type);
  Value* address = f_.emit_address(id, a.offset);
  if (mask)
    builder.CreateMaskedStore(value, address, align, mask);
  else if (streams(id, a))
    f_.emit_streaming_store(value, address);
  else
    builder.CreateAlignedStore(value, address, align);
}

/// Non-temporal stores must be whole aligned registers.
bool ValueEmitter::streams(BufferId id, const Access& a) {
  const loop::Buffer& buffer = program_.buffer(id);
  if (buffer.scope == loop::Scope::local || !program_.hints_of(buffer.stage).stream_stores) return false;
  const std::int64_t lanes_in_register = f_.shared.target.lanes(buffer.type);
  const auto is_whole = [&](std::int64_t elements) { return elements % lanes_in_register == 0; };
  return is_whole(lanes.count) && is_whole(a.offset.constant) &&
         std::all_of(a.offset.terms.begin(), a.offset.terms.end(),
                     [&](const AffineExpr::Term& term) { return is_whole(term.coefficient); });
}

void ValueEmitter::scatter(BufferId id, const Access& a, Value* value) {
  auto& builder = f_.builder;
  const DType type = program_.buffer(id).type;
  const llvm::Align align(static_cast<std::uint64_t>(bytes_of(type)));
  value = to_memory(widen(value), type);
  if (lanes.count == 1) {
    builder.CreateAlignedStore(value, address_of_lane(id, a, 0), align);
    return;
  }
  if (mask && !is_tail()) {
    Value* addresses =
        llvm::PoisonValue::get(llvm::FixedVectorType::get(builder.getPtrTy(), static_cast<unsigned>(lanes.count)));
    for (int lane = 0; lane < lanes.count; ++lane)
      addresses =
          builder.CreateInsertElement(addresses, address_of_lane(id, a, lane), static_cast<std::uint64_t>(lane));
    builder.CreateMaskedScatter(value, addresses, align, mask);
    return;
  }
  for (int lane = 0; lane < lanes.active; ++lane)
    builder.CreateAlignedStore(builder.CreateExtractElement(value, static_cast<std::uint64_t>(lane)),
                               address_of_lane(id, a, lane), align);
}

Value* ValueEmitter::load_register(BufferId buffer, const std::vector<AffineExpr>& indices) {
  Value* initial = load_memory(buffer, access(buffer, indices));
  llvm::AllocaInst* slot = f_.allocate(initial->getType(), 1, "accumulator");
  f_.builder.CreateStore(initial, slot);
  return slot;
}

void ValueEmitter::flush_register(BufferId buffer, const std::vector<AffineExpr>& indices, Value* slot) {
  auto* memory = llvm::cast<llvm::AllocaInst>(slot);
  store_memory(buffer, access(buffer, indices), f_.builder.CreateLoad(memory->getAllocatedType(), memory));
}

}  // namespace tilewright::cpu
