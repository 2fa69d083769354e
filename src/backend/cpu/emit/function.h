#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loop/program.h"
#include "target/target_spec.h"

namespace tilewright::cpu {

/// What all functions of one kernel share.
struct ModuleContext {
  const loop::Program& program;
  const target::TargetSpec& target;
  llvm::Module& module;
  loop::AffineTable indices;  ///< the program's, to which emission adds what substitution makes
  std::string symbol;
  int parallel_bodies = 0;  ///< emitted so far, for their names
};

/// One LLVM function under construction: where loop variables and buffers are, and what was computed where.
///
/// Address arithmetic is emitted once per loop level: each loop opens a scope with a setup block that runs at the start
/// of every iteration; whatever depends on that loop's variable and outer ones only is placed there and found again.
class FunctionContext {
 public:
  FunctionContext(ModuleContext& module_context, llvm::Function* function);

  ModuleContext& shared;
  llvm::Function* function;
  llvm::IRBuilder<> builder;

  llvm::Type* memory_type(DType type);  ///< as it lies in a buffer: bool is i8
  llvm::Type* value_type(DType type);   ///< as it is computed with: bool is i1, bf16 is float

  // Loop variables.
  void set_constant(int atom, std::int64_t value);
  void set_value(int atom, llvm::Value* value);
  void clear(int atom) { atoms_[static_cast<std::size_t>(atom)] = {}; }
  bool is_runtime(int atom) const {
    const auto at = static_cast<std::size_t>(atom);
    return at < atoms_.size() && atoms_[at].kind == AtomState::Kind::value;
  }
  void copy_constants(const FunctionContext& from);
  llvm::Value* value_of(int atom) const { return atoms_[static_cast<std::size_t>(atom)].value; }

  // Scopes.
  void open_scope();  ///< at the builder's position; code that follows is inside
  void close_scope();

  /// A static allocation in the function's entry block.
  llvm::AllocaInst* allocate(llvm::Type* type, std::int64_t count, const llvm::Twine& name);
  void set_buffer(loop::BufferId id, llvm::Value* base) { buffers_[static_cast<std::size_t>(id)] = base; }
  llvm::Value* buffer(loop::BufferId id) const { return buffers_[static_cast<std::size_t>(id)]; }

  /// The index with constant loop variables put in.
  loop::AffineExpr simplify(const loop::AffineExpr& index);
  /// An index as an i64.
  llvm::Value* emit_index(const loop::AffineExpr& index);
  /// Address of the element at a row-major offset; `stays_inside`: of the buffer.
  llvm::Value* emit_address(loop::BufferId id, const loop::AffineExpr& offset, bool stays_inside = true);
  /// A store past the caches, of whole registers to an address that is aligned to them.
  void emit_streaming_store(llvm::Value* value, llvm::Value* address);
  /// Returns `code`, after all streaming stores have become visible to other threads.
  void emit_return(std::uint32_t code);
  /// How a value atom (an index that is loaded) is computed; set by the value emitter.
  std::function<llvm::Value*(int value)> emit_value_atom;

 private:
  struct AtomState {
    enum class Kind : std::uint8_t { unset, constant, value } kind = Kind::unset;
    std::int64_t constant = 0;
    llvm::Value* value = nullptr;
    int level = 0;
  };
  using Key = std::vector<std::int64_t>;  ///< buffer, then (atom, coefficient) pairs
  struct Scope {
    llvm::Instruction* end_of_setup;
    std::map<Key, llvm::Value*> addresses;
    std::map<int, llvm::Value*> atoms;  ///< quotients and remainders
  };
  int level_of(int atom) const;
  /// Moves the builder into the setup block of a scope until the result is dropped. Only for what is kept there: a
  /// value that is computed in place may branch, and then the builder must go on where it ended.
  std::unique_ptr<llvm::IRBuilder<>::InsertPointGuard> place_in_setup(int level);
  llvm::Value* emit_atom(int atom);
  loop::AffineExpr substitute(const loop::AffineExpr& index);

  std::vector<AtomState> atoms_;
  std::vector<llvm::Value*> buffers_;
  std::vector<Scope> scopes_;
  bool streams_ = false;  ///< something was stored past the caches
};

}  // namespace tilewright::cpu
