#include "backend/cpu/emit/kernel.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>

#include "backend/cpu/emit/statements.h"
#include "base/integer.h"
#include "tilewright/kernel_abi.h"

namespace tilewright::cpu {
namespace {

using llvm::Value;
using loop::Block;
using loop::BufferId;

constexpr std::int64_t kAlignment = 64;

/// A function over runtime pointer, buffers (no two overlap), loop variables and optionally a range of iterations.
struct Signature {
  std::vector<BufferId> buffers;
  std::vector<int> variables;
  bool ranged = false;
};

llvm::Function* define(ModuleContext& shared, const std::string& name, const Signature& signature) {
  llvm::LLVMContext& context = shared.module.getContext();
  auto* ptr = llvm::PointerType::get(context, 0);
  auto* i64 = llvm::Type::getInt64Ty(context);
  std::vector<llvm::Type*> types(1 + signature.buffers.size(), ptr);
  types.insert(types.end(), signature.variables.size() + (signature.ranged ? 2 : 0), i64);
  auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), types, false);
  auto* function = llvm::Function::Create(type, llvm::Function::InternalLinkage, name, shared.module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr(llvm::Attribute::NoInline);
  for (unsigned i = 1; i <= signature.buffers.size(); ++i) {
    function->addParamAttr(i, llvm::Attribute::NoAlias);
    function->addParamAttr(i, llvm::Attribute::getWithAlignment(context, llvm::Align(kAlignment)));
  }
  return function;
}

void bind(FunctionContext& f, const Signature& signature) {
  unsigned argument = 1;
  for (BufferId buffer : signature.buffers) f.set_buffer(buffer, f.function->getArg(argument++));
  for (int variable : signature.variables) f.set_value(variable, f.function->getArg(argument++));
}

void add_large(Signature& signature, const LargeBuffers& large) {
  for (const auto& [buffer, offset] : large.offsets) signature.buffers.push_back(buffer);
}

/// Appends pointers into a workspace to `arguments`; a null workspace ends the function with 1.
void place_large(llvm::IRBuilder<>& builder, llvm::Function* function, Value* runtime, int slot,
                 const LargeBuffers& large, std::vector<Value*>& arguments) {
  if (large.bytes == 0) return;
  Value* base = emit_workspace_call(builder, runtime, slot, large.bytes);
  auto* none = llvm::BasicBlock::Create(function->getContext(), "no_memory", function);
  auto* some = llvm::BasicBlock::Create(function->getContext(), "memory", function);
  builder.CreateCondBr(builder.CreateIsNull(base), none, some);
  builder.SetInsertPoint(none);
  builder.CreateRet(builder.getInt32(1));
  builder.SetInsertPoint(some);
  for (const auto& [buffer, offset] : large.offsets)
    arguments.push_back(
        builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, static_cast<std::uint64_t>(offset)));
}

void add_to(LargeBuffers& large, const loop::Program& program, BufferId id) {
  const loop::Buffer& buffer = program.buffer(id);
  large.offsets.emplace_back(id, large.bytes);
  large.bytes += round_up(buffer.elements() * bytes_of(buffer.type), kAlignment);
}

void find_large(const loop::Program& program, const Block& block, LargeBuffers& large, std::vector<bool>& seen) {
  for (const loop::Stmt& stmt : block) {
    if (const auto* loop = std::get_if<loop::For>(&stmt.kind)) {
      if (loop->kind != loop::LoopKind::parallel) find_large(program, loop->body, large, seen);
    } else if (const auto* branch = std::get_if<loop::If>(&stmt.kind)) {
      find_large(program, branch->then, large, seen);
      find_large(program, branch->otherwise, large, seen);
    } else if (const auto* allocate = std::get_if<loop::Allocate>(&stmt.kind)) {
      const loop::Buffer& buffer = program.buffer(allocate->buffer);
      const auto at = static_cast<std::size_t>(allocate->buffer);
      if (seen[at] || buffer.elements() * bytes_of(buffer.type) <= kMostStackBytes) continue;
      seen[at] = true;
      add_to(large, program, allocate->buffer);
    }
  }
}

/// The sizes of the kernel's buffers, for who calls it (kernel_abi.h).
void define_buffer_bytes(const ModuleContext& shared, const std::vector<BufferId>& arguments) {
  std::vector<std::uint64_t> table(1 + arguments.size());
  table[0] = arguments.size();
  for (const BufferId id : arguments) {
    const loop::Buffer& buffer = shared.program.buffer(id);
    table[static_cast<std::size_t>(1 + buffer.argument)] =
        static_cast<std::uint64_t>(buffer.elements() * bytes_of(buffer.type));
  }
  llvm::Constant* values = llvm::ConstantDataArray::get(shared.module.getContext(), table);
  new llvm::GlobalVariable(shared.module, values->getType(), true, llvm::GlobalValue::ExternalLinkage, values,
                           shared.symbol + TW_BUFFER_BYTES_SUFFIX);
}

}  // namespace

LargeBuffers find_large_buffers(const loop::Program& program, const Block& block) {
  LargeBuffers large;
  std::vector<bool> seen(program.buffers.size(), false);
  find_large(program, block, large, seen);
  return large;
}

Value* emit_workspace_call(llvm::IRBuilder<>& builder, Value* runtime, int slot, std::int64_t bytes) {
  llvm::Type* ptr = builder.getPtrTy();
  Value* self = builder.CreateLoad(ptr, runtime);
  Value* workspace = builder.CreateLoad(ptr, builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), runtime, 16));
  auto* type = llvm::FunctionType::get(ptr, {ptr, builder.getInt32Ty(), builder.getInt64Ty()}, false);
  return builder.CreateCall(
      type, workspace,
      {self, builder.getInt32(static_cast<std::uint32_t>(slot)), builder.getInt64(static_cast<std::uint64_t>(bytes))});
}

llvm::Function* emit_parallel_body(const FunctionContext& outer, const loop::For& loop,
                                   const std::vector<BufferId>& buffers, const std::vector<int>& variables) {
  ModuleContext& shared = outer.shared;
  const std::string name = shared.symbol + ".parallel" + std::to_string(shared.parallel_bodies++);
  const LargeBuffers large = find_large_buffers(shared.program, loop.body);
  Signature signature{buffers, variables, true};
  add_large(signature, large);

  llvm::Function* body = define(shared, name + ".body", signature);
  FunctionContext f(shared, body);
  bind(f, signature);
  f.copy_constants(outer);
  // for var = begin + loop.begin …: the runtime counts from 0.
  auto& builder = f.builder;
  Value* first = body->getArg(body->arg_size() - 2);
  Value* last = body->getArg(body->arg_size() - 1);
  auto* head = llvm::BasicBlock::Create(body->getContext(), "loop", body);
  auto* after = llvm::BasicBlock::Create(body->getContext(), "after", body);
  auto* before = builder.GetInsertBlock();
  builder.CreateCondBr(builder.CreateICmpSLT(first, last), head, after);
  builder.SetInsertPoint(head);
  auto* counter = builder.CreatePHI(builder.getInt64Ty(), 2);
  counter->addIncoming(first, before);
  Value* variable = builder.CreateAdd(counter, builder.getInt64(static_cast<std::uint64_t>(loop.begin)));
  f.open_scope();
  f.set_value(loop.var, variable);
  StatementEmitter(f, body->getArg(0)).emit(loop.body);
  f.close_scope();
  Value* next = builder.CreateAdd(counter, builder.getInt64(1));
  counter->addIncoming(next, builder.GetInsertBlock());
  builder.CreateCondBr(builder.CreateICmpSLT(next, last), head, after);
  builder.SetInsertPoint(after);
  f.emit_return(0);

  // The wrapper unpacks the closure.
  llvm::LLVMContext& context = shared.module.getContext();
  auto* ptr = llvm::PointerType::get(context, 0);
  auto* i64 = llvm::Type::getInt64Ty(context);
  auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), {ptr, i64, i64}, false);
  auto* wrapper = llvm::Function::Create(type, llvm::Function::InternalLinkage, name, shared.module);
  wrapper->addFnAttr(llvm::Attribute::NoUnwind);
  llvm::IRBuilder<> at(llvm::BasicBlock::Create(context, "entry", wrapper));
  std::vector<Value*> arguments;
  for (std::size_t i = 0; i < 1 + buffers.size() + variables.size(); ++i) {
    llvm::Type* held = i < 1 + buffers.size() ? static_cast<llvm::Type*>(ptr) : i64;
    arguments.push_back(at.CreateLoad(held, at.CreateConstInBoundsGEP1_64(i64, wrapper->getArg(0), i)));
  }
  std::vector<Value*> placed;
  place_large(at, wrapper, arguments[0], 1, large, placed);
  arguments.insert(arguments.begin() + 1 + static_cast<std::ptrdiff_t>(buffers.size()), placed.begin(), placed.end());
  arguments.push_back(wrapper->getArg(1));
  arguments.push_back(wrapper->getArg(2));
  at.CreateRet(at.CreateCall(body, arguments));
  return wrapper;
}

void emit_kernel(ModuleContext& shared) {
  const loop::Program& program = shared.program;
  LargeBuffers large = find_large_buffers(program, program.body);
  Signature signature;
  for (std::size_t b = 0; b < program.buffers.size(); ++b) {
    if (program.buffers[b].scope == loop::Scope::argument) signature.buffers.push_back(static_cast<BufferId>(b));
    if (program.buffers[b].scope == loop::Scope::workspace) add_to(large, program, static_cast<BufferId>(b));
  }
  const std::vector<BufferId> arguments_of_kernel = signature.buffers;
  define_buffer_bytes(shared, arguments_of_kernel);
  add_large(signature, large);

  llvm::Function* body = define(shared, shared.symbol + ".body", signature);
  FunctionContext f(shared, body);
  bind(f, signature);
  StatementEmitter(f, body->getArg(0)).emit(program.body);
  f.emit_return(0);

  // The entry reads the tw_kernel_args: buffers at 0, their number at 8, the runtime at 16.
  llvm::LLVMContext& context = shared.module.getContext();
  auto* ptr = llvm::PointerType::get(context, 0);
  auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), {ptr}, false);
  auto* entry = llvm::Function::Create(type, llvm::Function::ExternalLinkage, shared.symbol, shared.module);
  entry->addFnAttr(llvm::Attribute::NoUnwind);
  llvm::IRBuilder<> at(llvm::BasicBlock::Create(context, "entry", entry));
  Value* table = at.CreateLoad(ptr, entry->getArg(0));
  Value* runtime = at.CreateLoad(ptr, at.CreateConstInBoundsGEP1_64(at.getInt8Ty(), entry->getArg(0), 16));
  std::vector<Value*> arguments{runtime};
  for (BufferId buffer : arguments_of_kernel)
    arguments.push_back(at.CreateLoad(
        ptr, at.CreateConstInBoundsGEP1_64(ptr, table, static_cast<std::uint64_t>(program.buffer(buffer).argument))));
  place_large(at, entry, runtime, 0, large, arguments);
  at.CreateRet(at.CreateCall(body, arguments));
}

}  // namespace tilewright::cpu
