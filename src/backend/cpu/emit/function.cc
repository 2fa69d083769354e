#include "backend/cpu/emit/function.h"

#include <algorithm>

#include "base/error.h"
#include "base/integer.h"

namespace tilewright::cpu {

using loop::AffineAtom;
using loop::AffineExpr;

FunctionContext::FunctionContext(ModuleContext& module_context, llvm::Function* f)
    : shared(module_context), function(f), builder(f->getContext()) {
  auto* entry = llvm::BasicBlock::Create(f->getContext(), "entry", f);
  builder.SetInsertPoint(entry);
  buffers_.resize(shared.program.buffers.size());
  atoms_.resize(static_cast<std::size_t>(shared.indices.size()));
  open_scope();
}

llvm::Type* FunctionContext::memory_type(DType type) {
  switch (type) {
    case DType::boolean:
    case DType::i8:
    case DType::u8:
      return builder.getInt8Ty();
    case DType::i32:
      return builder.getInt32Ty();
    case DType::i64:
      return builder.getInt64Ty();
    case DType::bf16:
      return builder.getBFloatTy();
    case DType::f32:
      return builder.getFloatTy();
    case DType::f64:
      return builder.getDoubleTy();
  }
  return nullptr;
}

llvm::Type* FunctionContext::value_type(DType type) {
  if (type == DType::boolean) return builder.getInt1Ty();
  if (type == DType::bf16) return builder.getFloatTy();
  return memory_type(type);
}

void FunctionContext::set_constant(int atom, std::int64_t value) {
  if (static_cast<std::size_t>(atom) >= atoms_.size()) atoms_.resize(static_cast<std::size_t>(atom) + 1);
  atoms_[static_cast<std::size_t>(atom)] = {AtomState::Kind::constant, value, nullptr, 0};
}

void FunctionContext::set_value(int atom, llvm::Value* value) {
  if (static_cast<std::size_t>(atom) >= atoms_.size()) atoms_.resize(static_cast<std::size_t>(atom) + 1);
  atoms_[static_cast<std::size_t>(atom)] = {AtomState::Kind::value, 0, value, static_cast<int>(scopes_.size()) - 1};
}

void FunctionContext::copy_constants(const FunctionContext& from) {
  for (std::size_t atom = 0; atom < from.atoms_.size(); ++atom)
    if (from.atoms_[atom].kind == AtomState::Kind::constant)
      set_constant(static_cast<int>(atom), from.atoms_[atom].constant);
}

void FunctionContext::open_scope() {
  auto* setup = llvm::BasicBlock::Create(function->getContext(), "setup", function);
  auto* inside = llvm::BasicBlock::Create(function->getContext(), "inside", function);
  builder.CreateBr(setup);
  builder.SetInsertPoint(setup);
  llvm::Instruction* end = builder.CreateBr(inside);
  builder.SetInsertPoint(inside);
  scopes_.push_back({end, {}, {}});
}

void FunctionContext::close_scope() { scopes_.pop_back(); }

void FunctionContext::emit_streaming_store(llvm::Value* value, llvm::Value* address) {
  const llvm::Align align(static_cast<std::uint64_t>(shared.target.vector_bytes));
  llvm::StoreInst* store = builder.CreateAlignedStore(value, address, align);
  auto* one = llvm::ConstantAsMetadata::get(builder.getInt32(1));
  store->setMetadata(llvm::LLVMContext::MD_nontemporal, llvm::MDNode::get(function->getContext(), {one}));
  streams_ = true;
}

void FunctionContext::emit_return(std::uint32_t code) {
  if (streams_) builder.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent);
  builder.CreateRet(builder.getInt32(code));
}

llvm::AllocaInst* FunctionContext::allocate(llvm::Type* type, std::int64_t count, const llvm::Twine& name) {
  llvm::BasicBlock& entry = function->getEntryBlock();
  llvm::IRBuilder<> at(&entry, entry.begin());
  auto* memory =
      at.CreateAlloca(count == 1 ? type : llvm::ArrayType::get(type, static_cast<std::uint64_t>(count)), nullptr, name);
  memory->setAlignment(llvm::Align(64));
  return memory;
}

int FunctionContext::level_of(int atom) const {
  const AffineAtom& a = shared.indices.atom(atom);
  if (a.kind == AffineAtom::Kind::loop) return atoms_[static_cast<std::size_t>(atom)].level;
  if (a.kind == AffineAtom::Kind::value) return static_cast<int>(scopes_.size());  // deeper than any scope: never kept
  int level = 0;
  for (const AffineExpr::Term& term : a.of.terms) level = std::max(level, level_of(term.atom));
  return level;
}

AffineExpr FunctionContext::substitute(const AffineExpr& index) {
  bool changes = false;
  for (const AffineExpr::Term& term : index.terms) {
    const AffineAtom::Kind kind = shared.indices.atom(term.atom).kind;
    const auto at = static_cast<std::size_t>(term.atom);
    const bool constant =
        kind == AffineAtom::Kind::loop && at < atoms_.size() && atoms_[at].kind == AtomState::Kind::constant;
    changes = changes || constant || kind == AffineAtom::Kind::quotient || kind == AffineAtom::Kind::remainder;
  }
  if (!changes) return index;
  AffineExpr sum(index.constant);
  for (const AffineExpr::Term& term : index.terms) {
    const AffineAtom a = shared.indices.atom(term.atom);
    const auto at = static_cast<std::size_t>(term.atom);
    if (a.kind == AffineAtom::Kind::loop && at < atoms_.size() && atoms_[at].kind == AtomState::Kind::constant)
      sum.constant += term.coefficient * atoms_[at].constant;
    else if (a.kind == AffineAtom::Kind::quotient)
      sum = sum + shared.indices.quotient(substitute(a.of), a.divisor) * term.coefficient;
    else if (a.kind == AffineAtom::Kind::remainder)
      sum = sum + shared.indices.remainder(substitute(a.of), a.divisor) * term.coefficient;
    else
      sum = sum + loop::AffineTable::variable(term.atom) * term.coefficient;
  }
  return sum;
}

AffineExpr FunctionContext::simplify(const AffineExpr& index) { return shared.indices.recombine(substitute(index)); }

std::unique_ptr<llvm::IRBuilder<>::InsertPointGuard> FunctionContext::place_in_setup(int level) {
  auto back = std::make_unique<llvm::IRBuilder<>::InsertPointGuard>(builder);
  builder.SetInsertPoint(scopes_[static_cast<std::size_t>(level)].end_of_setup);
  return back;
}

llvm::Value* FunctionContext::emit_atom(int atom) {
  const AffineAtom a = shared.indices.atom(atom);
  if (a.kind == AffineAtom::Kind::loop) {
    TW_CHECK(is_runtime(atom), "loop variable v{} is used outside its loop", atom);
    return value_of(atom);
  }
  if (a.kind == AffineAtom::Kind::value) {
    llvm::Value* raw = builder.CreateSExtOrTrunc(emit_value_atom(a.value), builder.getInt64Ty());
    raw = builder.CreateBinaryIntrinsic(llvm::Intrinsic::smax, raw,
                                        builder.getInt64(static_cast<std::uint64_t>(a.range.low)));
    return builder.CreateBinaryIntrinsic(llvm::Intrinsic::smin, raw,
                                         builder.getInt64(static_cast<std::uint64_t>(a.range.high)));
  }
  const int level = level_of(atom);
  const bool keeps = level < static_cast<int>(scopes_.size());
  if (keeps) {
    auto& known = scopes_[static_cast<std::size_t>(level)].atoms;
    if (auto it = known.find(atom); it != known.end()) return it->second;
  }
  const auto back = keeps ? place_in_setup(level) : nullptr;
  llvm::Value* of = emit_index(a.of);
  llvm::Value* divisor = builder.getInt64(static_cast<std::uint64_t>(a.divisor));
  const bool non_negative = shared.indices.range(a.of).low >= 0;
  llvm::Value* result;
  if (non_negative) {
    result = a.kind == AffineAtom::Kind::quotient ? builder.CreateUDiv(of, divisor) : builder.CreateURem(of, divisor);
  } else {
    llvm::Value* remainder = builder.CreateSRem(of, divisor);
    llvm::Value* negative = builder.CreateICmpSLT(remainder, builder.getInt64(0));
    if (a.kind == AffineAtom::Kind::remainder) {
      result = builder.CreateSelect(negative, builder.CreateAdd(remainder, divisor), remainder);
    } else {
      llvm::Value* quotient = builder.CreateSDiv(of, divisor);
      result = builder.CreateSelect(negative, builder.CreateSub(quotient, builder.getInt64(1)), quotient);
    }
  }
  if (keeps) scopes_[static_cast<std::size_t>(level)].atoms.emplace(atom, result);
  return result;
}

llvm::Value* FunctionContext::emit_index(const AffineExpr& original) {
  const AffineExpr index = substitute(original);
  llvm::Value* sum = nullptr;
  for (const AffineExpr::Term& term : index.terms) {
    llvm::Value* value = emit_atom(term.atom);
    if (term.coefficient != 1)
      value = builder.CreateMul(value, builder.getInt64(static_cast<std::uint64_t>(term.coefficient)));
    sum = sum ? builder.CreateAdd(sum, value) : value;
  }
  llvm::Value* constant = builder.getInt64(static_cast<std::uint64_t>(index.constant));
  if (!sum) return constant;
  return index.constant == 0 ? sum : builder.CreateAdd(sum, constant);
}

llvm::Value* FunctionContext::emit_address(loop::BufferId id, const AffineExpr& offset, bool stays_inside) {
  const auto flags = stays_inside ? llvm::GEPNoWrapFlags::inBounds() : llvm::GEPNoWrapFlags::none();
  const AffineExpr index = simplify(offset);
  const loop::Buffer& buffer = shared.program.buffer(id);
  llvm::Type* type = memory_type(buffer.type);
  std::vector<std::pair<int, AffineExpr::Term>> terms;  // outer loops first
  for (const AffineExpr::Term& term : index.terms) terms.emplace_back(level_of(term.atom), term);
  std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  llvm::Value* address = this->buffer(id);
  TW_CHECK(address != nullptr, "{} has no memory where it is used", buffer.name);
  Key key{stays_inside ? id : -1 - id};
  for (std::size_t t = 0; t < terms.size();) {
    const int level = terms[t].first;
    std::size_t end = t;
    for (; end < terms.size() && terms[end].first == level; ++end) {
      key.push_back(terms[end].second.atom);
      key.push_back(terms[end].second.coefficient);
    }
    const bool keeps = level < static_cast<int>(scopes_.size());
    if (keeps) {
      auto& known = scopes_[static_cast<std::size_t>(level)].addresses;
      if (auto it = known.find(key); it != known.end()) {
        address = it->second;
        t = end;
        continue;
      }
    }
    const auto back = keeps ? place_in_setup(level) : nullptr;
    AffineExpr part;
    for (; t < end; ++t) part.terms.push_back(terms[t].second);
    std::sort(part.terms.begin(), part.terms.end(), [](const auto& a, const auto& b) { return a.atom < b.atom; });
    address = builder.CreateGEP(type, address, emit_index(part), "", flags);
    if (keeps) scopes_[static_cast<std::size_t>(level)].addresses.emplace(key, address);
  }
  if (index.constant == 0) return address;
  return builder.CreateGEP(type, address, builder.getInt64(static_cast<std::uint64_t>(index.constant)), "", flags);
}

}  // namespace tilewright::cpu
