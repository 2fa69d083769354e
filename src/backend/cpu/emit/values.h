#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "backend/cpu/emit/function.h"

namespace tilewright::cpu {

/// The iterations of a vectorized loop that one vector holds: var = begin … begin + count - 1. var -1: scalar code.
struct Lanes {
  int var = -1;
  std::int64_t begin = 0;
  int count = 1;
  int active = 1;  ///< of the lanes, the first ones that are iterations; the others are masked
};

/// Emits values, loads and stores in one function. A value is a scalar when it is the same in all lanes, else a vector.
class ValueEmitter {
 public:
  explicit ValueEmitter(FunctionContext& f);

  Lanes lanes;
  /// Active lanes, or null for all. Whoever sets it has made sure that at least one lane is active.
  llvm::Value* mask = nullptr;
  llvm::Value* tail_mask = nullptr;  ///< that of lanes.active, if not all are
  bool is_tail() const { return mask && mask == tail_mask; }

  llvm::Value* emit(loop::ValueId id);
  /// Conjunction of index >= 0: an i1, or a vector of them when it differs between lanes.
  llvm::Value* emit_conditions(const std::vector<loop::AffineExpr>& conditions);
  void store(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices, llvm::Value* value);

  /// Elements that live in registers instead of memory for a while: by buffer, offset and lanes.
  using ElementKey = std::vector<std::int64_t>;
  ElementKey key_of(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices);
  std::map<ElementKey, llvm::Value*> registers;  ///< stack slots that SROA turns into registers
  /// A slot for the element at hand, filled from memory.
  llvm::Value* load_register(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices);
  /// Writes the element's slot back to memory.
  void flush_register(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices, llvm::Value* slot);

  // Blocks that are loaded as rows and transposed in registers (transposes.cc).
  /// The loads of a nest of the unrolled loop `rows` around a vector around one store which stride over memory along
  /// the vector and run through it along `rows`. None where anything is guarded.
  std::vector<loop::LoadValue> transposed_loads(const loop::For& rows);
  /// Loads what iterations first … first + count - 1 of loop variable `row` need of `load` in the lanes at hand, into
  /// `loaded`. Both counts are powers of two; there are no fewer lanes than rows.
  void load_transposed(const loop::LoadValue& load, int row, std::int64_t first, int count);
  std::map<ElementKey, llvm::Value*> loaded;  ///< elements that were loaded already

  /// A scalar in every lane; a vector as it is.
  llvm::Value* widen(llvm::Value* value);

 private:
  /// An access within a vector: offset of lane `begin`, distance between lanes; or no constant distance.
  struct Access {
    loop::AffineExpr offset;
    std::int64_t stride = 0;
    bool irregular = false;
  };
  Access access(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices);
  llvm::Value* load(loop::BufferId buffer, const std::vector<loop::AffineExpr>& indices);
  llvm::Value* load_memory(loop::BufferId buffer, const Access& access);
  llvm::Value* gather(loop::BufferId buffer, const Access& access);
  bool streams(loop::BufferId buffer, const Access& access);
  void store_memory(loop::BufferId buffer, const Access& access, llvm::Value* value);
  void scatter(loop::BufferId buffer, const Access& access, llvm::Value* value);
  llvm::Value* address_of_lane(loop::BufferId buffer, const Access& access, int lane);
  /// What `emit_one` makes as scalar code for one lane. An index that loads is computed only in active lanes, since
  /// where it would read may not exist in others; there the result is zero (null).
  llvm::Value* emit_in_lane(const loop::AffineExpr& index, int lane, const std::function<llvm::Value*()>& emit_one);
  /// The value of `emit_value` where the condition holds, else `otherwise` (null: zero); runs it only where it holds.
  llvm::Value* emit_where(llvm::Value* condition, const std::function<llvm::Value*()>& emit_value,
                          llvm::Value* otherwise);
  llvm::Value* from_memory(llvm::Value* value, DType type);
  llvm::Value* to_memory(llvm::Value* value, DType type);
  llvm::Value* emit_linear(const loop::AffineExpr& index);
  llvm::Value* emit_binary_value(const loop::Value& value, const loop::BinaryValue& n);
  llvm::Value* emit_select(const loop::Value& value, const loop::SelectValue& n);
  llvm::Value* emit_lazily(llvm::Value* condition, loop::ValueId id, llvm::Value* otherwise);
  bool is_unsigned(loop::ValueId id) const;
  bool is_eager(loop::ValueId id);
  bool loads(const loop::AffineExpr& index);  ///< a value that is loaded is in it
  bool depends_on_lane(const loop::AffineExpr& index);

  FunctionContext& f_;
  const loop::Program& program_;
};

}  // namespace tilewright::cpu
