#include "backend/cpu/emit/statements.h"

#include <algorithm>

#include "backend/cpu/passes.h"
#include "base/error.h"
#include "base/integer.h"

namespace tilewright::cpu {

using llvm::Value;
using loop::Block;
using loop::For;
using loop::LoopKind;

std::vector<Lanes> chunks_of(const For& loop, const target::TargetSpec& target) {
  std::vector<Lanes> chunks;
  target.emitter_policy().for_each_chunk(
      loop.begin, loop.end, [&](std::int64_t begin, std::int64_t count, std::int64_t active) {
        chunks.push_back({loop.var, begin, static_cast<int>(count), static_cast<int>(active)});
      });
  return chunks;
}

template <class Action>
void StatementEmitter::in_lanes(const Lanes& lanes, const Action& action) {
  if (lanes.count > 1)
    values_.lanes = lanes;
  else
    f_.set_constant(lanes.var, lanes.begin);
  if (lanes.active < lanes.count) {
    std::vector<llvm::Constant*> active;
    for (int lane = 0; lane < lanes.count; ++lane) active.push_back(f_.builder.getInt1(lane < lanes.active));
    values_.mask = values_.tail_mask = llvm::ConstantVector::get(active);
  }
  action();
  values_.mask = values_.tail_mask = nullptr;
  values_.lanes = {};
  f_.clear(lanes.var);
}

void StatementEmitter::emit(const Block& block) {
  for (const loop::Stmt& stmt : block)
    match_variant(
        stmt.kind, [&](const For& loop) { emit_for(loop); }, [&](const loop::If& branch) { emit_if(branch); },
        [&](const loop::Store& store) { values_.store(store.buffer, store.indices, values_.emit(store.value)); },
        [&](const loop::Allocate& allocate) { emit_allocate(allocate); });
}

template <class Action>
void StatementEmitter::for_each_element(const Accumulator& accumulator, std::size_t depth, const Action& action) {
  if (depth == accumulator.path.size()) return action();
  const For& loop = *accumulator.path[depth];
  if (loop.kind == LoopKind::vectorized) {
    for (const Lanes& chunk : chunks_of(loop, f_.shared.target))
      in_lanes(chunk, [&] { for_each_element(accumulator, depth + 1, action); });
    return;
  }
  // A reduction loop does not move the element: one iteration names them all.
  const std::int64_t end = loop.reduction ? loop.begin + 1 : loop.end;
  for (std::int64_t i = loop.begin; i < end; ++i) {
    f_.set_constant(loop.var, i);
    for_each_element(accumulator, depth + 1, action);
  }
  f_.clear(loop.var);
}

void StatementEmitter::emit_for(const For& loop) {
  // Elements that an outer reduction keeps in registers stay as they are.
  const auto outer = values_.registers;
  const std::vector<Accumulator> accumulators = find_accumulators(f_.shared.program, f_.shared.target, loop);
  for (const Accumulator& accumulator : accumulators)
    for_each_element(accumulator, 0, [&] {
      const loop::Store& store = *accumulator.store;
      auto& slot = values_.registers[values_.key_of(store.buffer, store.indices)];
      if (!slot) slot = values_.load_register(store.buffer, store.indices);
    });
  switch (loop.kind) {
    case LoopKind::serial:
      emit_serial(loop);
      break;
    case LoopKind::parallel:
      emit_parallel(loop);
      break;
    case LoopKind::unrolled:
      emit_unrolled(loop);
      break;
    case LoopKind::vectorized:
      emit_vectorized(loop);
      break;
  }
  for (const Accumulator& accumulator : accumulators)
    for_each_element(accumulator, 0, [&] {
      const loop::Store& store = *accumulator.store;
      const auto key = values_.key_of(store.buffer, store.indices);
      const auto slot = values_.registers.find(key);
      if (slot == values_.registers.end() || outer.contains(key)) return;
      values_.flush_register(store.buffer, store.indices, slot->second);
      values_.registers.erase(slot);
    });
  values_.registers = outer;
}

void StatementEmitter::emit_serial(const For& loop) {
  auto& builder = f_.builder;
  if (loop.end - loop.begin == 1) return emit_unrolled(loop);
  auto& context = f_.function->getContext();
  auto* before = builder.GetInsertBlock();
  auto* head = llvm::BasicBlock::Create(context, "loop", f_.function);
  builder.CreateBr(head);
  builder.SetInsertPoint(head);
  auto* variable = builder.CreatePHI(builder.getInt64Ty(), 2, "v" + llvm::Twine(loop.var));
  variable->addIncoming(builder.getInt64(static_cast<std::uint64_t>(loop.begin)), before);
  f_.open_scope();
  f_.set_value(loop.var, variable);
  for (const loop::Prefetch& prefetch : loop.prefetches) emit_prefetch(prefetch);
  emit(loop.body);
  f_.clear(loop.var);
  f_.close_scope();
  Value* next = builder.CreateNSWAdd(variable, builder.getInt64(1));
  variable->addIncoming(next, builder.GetInsertBlock());
  auto* after = llvm::BasicBlock::Create(context, "after", f_.function);
  builder.CreateCondBr(builder.CreateICmpSLT(next, builder.getInt64(static_cast<std::uint64_t>(loop.end))), head,
                       after);
  builder.SetInsertPoint(after);
}

/// Into the second level: what is asked for is used much later.
void StatementEmitter::emit_prefetch(const loop::Prefetch& prefetch) {
  auto& builder = f_.builder;
  constexpr std::uint32_t kRead = 0, kSecondLevel = 2, kData = 1;
  Value* address = f_.emit_address(prefetch.buffer, prefetch.offset, /*stays_inside=*/false);
  builder.CreateIntrinsic(llvm::Intrinsic::prefetch, {builder.getPtrTy()},
                          {address, builder.getInt32(kRead), builder.getInt32(kSecondLevel), builder.getInt32(kData)});
}

/// Blocks of rows and lanes; what is left over of the rows is gathered.
void StatementEmitter::emit_transposed(const For& loop, const std::vector<loop::LoadValue>& loads) {
  const For& across = std::get<For>(loop.body[0].kind);
  const std::int64_t lanes_in_register = f_.shared.target.emitter_policy().lanes();
  for (std::int64_t begin = across.begin; begin < across.end;) {
    std::int64_t count = lanes_in_register;
    while (count > across.end - begin) count /= 2;
    for (std::int64_t row = loop.begin; row < loop.end;) {
      std::int64_t rows = count;
      while (rows > loop.end - row) rows /= 2;
      if (rows < kFewestTransposed) rows = 1;
      in_lanes({across.var, begin, static_cast<int>(count), static_cast<int>(count)}, [&] {
        if (rows > 1)
          for (const loop::LoadValue& load : loads)
            values_.load_transposed(load, loop.var, row, static_cast<int>(rows));
        for (const std::int64_t end = row + rows; row < end; ++row) {
          f_.set_constant(loop.var, row);
          emit(across.body);
        }
      });
      values_.loaded.clear();
      f_.clear(loop.var);
    }
    begin += count;
  }
}

void StatementEmitter::emit_unrolled(const For& loop) {
  if (loop.end - loop.begin >= kFewestTransposed)
    if (const std::vector<loop::LoadValue> loads = values_.transposed_loads(loop); !loads.empty())
      return emit_transposed(loop, loads);
  for (std::int64_t i = loop.begin; i < loop.end; ++i) {
    f_.set_constant(loop.var, i);
    emit(loop.body);
  }
  f_.clear(loop.var);
}

void StatementEmitter::emit_vectorized(const For& loop) {
  for (const Lanes& chunk : chunks_of(loop, f_.shared.target)) in_lanes(chunk, [&] { emit(loop.body); });
}

void StatementEmitter::emit_if(const loop::If& branch) {
  Value* holds = values_.emit_conditions(branch.conditions);
  auto& builder = f_.builder;
  if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(holds))  // an unrolled loop decides it
    return emit(known->isOne() ? branch.then : branch.otherwise);
  if (!holds->getType()->isVectorTy()) return emit_branch(holds, branch.then, branch.otherwise);
  // Lanes differ: each side runs under the mask of its lanes, if any lane needs it.
  Value* outer = values_.mask;
  Value* then = outer ? builder.CreateAnd(holds, outer) : holds;
  Value* rest = builder.CreateNot(holds);
  if (outer) rest = builder.CreateAnd(rest, outer);
  for (const auto& [mask, block] : {std::pair(then, &branch.then), std::pair(rest, &branch.otherwise)}) {
    if (block->empty()) continue;
    values_.mask = mask;
    emit_branch(builder.CreateOrReduce(mask), *block, {});
    values_.mask = outer;
  }
}

void StatementEmitter::emit_branch(Value* condition, const Block& then, const Block& otherwise) {
  auto& builder = f_.builder;
  auto& context = f_.function->getContext();
  auto* yes = llvm::BasicBlock::Create(context, "if", f_.function);
  auto* no = otherwise.empty() ? nullptr : llvm::BasicBlock::Create(context, "else", f_.function);
  auto* join = llvm::BasicBlock::Create(context, "end", f_.function);
  builder.CreateCondBr(condition, yes, no ? no : join);
  builder.SetInsertPoint(yes);
  emit(then);
  builder.CreateBr(join);
  if (no) {
    builder.SetInsertPoint(no);
    emit(otherwise);
    builder.CreateBr(join);
  }
  builder.SetInsertPoint(join);
}

void StatementEmitter::emit_allocate(const loop::Allocate& allocate) {
  if (f_.buffer(allocate.buffer)) return;  // large: already placed in the workspace; or a second version of the nest
  const loop::Buffer& buffer = f_.shared.program.buffer(allocate.buffer);
  f_.set_buffer(allocate.buffer,
                f_.allocate(f_.memory_type(buffer.type), std::max<std::int64_t>(1, buffer.elements()), buffer.name));
}

void StatementEmitter::emit_parallel(const For& loop) {
  auto& builder = f_.builder;
  std::vector<loop::BufferId> buffers;
  std::vector<int> variables;
  std::vector<Value*> held{runtime_};
  for (std::size_t b = 0; b < f_.shared.program.buffers.size(); ++b) {
    Value* base = f_.buffer(static_cast<loop::BufferId>(b));
    if (!base) continue;
    buffers.push_back(static_cast<loop::BufferId>(b));
    held.push_back(base);
  }
  for (int atom = 0; atom < f_.shared.indices.size(); ++atom) {
    if (!f_.is_runtime(atom)) continue;
    variables.push_back(atom);
    held.push_back(f_.value_of(atom));
  }
  llvm::Function* body = emit_parallel_body(f_, loop, buffers, variables);

  auto* closure = f_.allocate(builder.getInt64Ty(), static_cast<std::int64_t>(held.size()), "closure");
  for (std::size_t i = 0; i < held.size(); ++i)
    builder.CreateStore(held[i], builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), closure, i));
  llvm::Type* ptr = builder.getPtrTy();
  Value* self = builder.CreateLoad(ptr, runtime_);
  Value* parallel_for = builder.CreateLoad(ptr, builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), runtime_, 8));
  auto* type = llvm::FunctionType::get(builder.getInt32Ty(), {ptr, ptr, ptr, builder.getInt64Ty()}, false);
  Value* extent = builder.getInt64(static_cast<std::uint64_t>(loop.end - loop.begin));
  Value* result = builder.CreateCall(type, parallel_for, {self, body, closure, extent});
  auto* failed = llvm::BasicBlock::Create(f_.function->getContext(), "failed", f_.function);
  auto* fine = llvm::BasicBlock::Create(f_.function->getContext(), "fine", f_.function);
  builder.CreateCondBr(builder.CreateICmpNE(result, builder.getInt32(0)), failed, fine);
  builder.SetInsertPoint(failed);
  builder.CreateRet(result);
  builder.SetInsertPoint(fine);
}

}  // namespace tilewright::cpu
