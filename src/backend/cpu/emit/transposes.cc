#include <algorithm>

#include "backend/cpu/emit/values.h"
#include "backend/cpu/passes.h"
#include "backend/cpu/passes/adjacent_elements.h"
#include "backend/cpu/passes/leaves.h"

namespace tilewright::cpu {
namespace {

using llvm::Value;

/// Vectors of equal length, a power of two of them, end to end.
Value* joined(llvm::IRBuilder<>& builder, std::vector<Value*> parts) {
  for (; parts.size() > 1; parts.resize(parts.size() / 2))
    for (std::size_t i = 0; i < parts.size() / 2; ++i) {
      const unsigned length = llvm::cast<llvm::FixedVectorType>(parts[2 * i]->getType())->getNumElements();
      std::vector<int> all(2 * length);
      for (std::size_t lane = 0; lane < all.size(); ++lane) all[lane] = static_cast<int>(lane);
      parts[i] = builder.CreateShuffleVector(parts[2 * i], parts[2 * i + 1], all);
    }
  return parts[0];
}

/// Rows of a block as its columns, by log2(columns) exchanges between pairs of registers.
///
/// Shapes   rows.size() vectors of `columns` elements -> `columns` vectors of rows.size() elements; both are powers of
///          two, and there are at least as many rows as columns.
std::vector<Value*> transposed(llvm::IRBuilder<>& builder, const std::vector<Value*>& rows, int columns) {
  const auto count = static_cast<int>(rows.size());
  // Register j holds rows j, j + columns, …: blocks of columns x columns lie side by side, and each is transposed.
  std::vector<Value*> registers;
  for (int j = 0; j < columns; ++j) {
    std::vector<Value*> parts;
    for (int row = j; row < count; row += columns) parts.push_back(rows[static_cast<std::size_t>(row)]);
    registers.push_back(joined(builder, std::move(parts)));
  }
  for (int distance = columns / 2; distance > 0; distance /= 2) {
    // Lanes of the upper half of one register change places with those of the lower half of its partner.
    std::vector<int> low, high;
    for (int lane = 0; lane < count; ++lane) {
      const bool is_upper = (lane & distance) != 0;
      low.push_back(is_upper ? count + lane - distance : lane);
      high.push_back(is_upper ? count + lane : lane + distance);
    }
    for (int j = 0; j < columns; ++j) {
      if ((j & distance) != 0) continue;
      Value*& a = registers[static_cast<std::size_t>(j)];
      Value*& b = registers[static_cast<std::size_t>(j + distance)];
      Value* first = builder.CreateShuffleVector(a, b, low);
      b = builder.CreateShuffleVector(a, b, high);
      a = first;
    }
  }
  return registers;
}

/// Nothing in the value is computed under a condition.
bool is_straight(const loop::Program& program, loop::ValueId id) {
  const auto all = [&](auto... ids) { return (is_straight(program, ids) && ...); };
  return match_variant(
      program.value(id).kind, [&](const loop::UnaryValue& n) { return all(n.a); },
      [&](const loop::BinaryValue& n) {
        return n.op != te::BinaryOp::logical_and && n.op != te::BinaryOp::logical_or && all(n.a, n.b);
      },
      [&](const loop::CastValue& n) { return all(n.a); }, [](const loop::SelectValue&) { return false; },
      [](const auto&) { return true; });
}

}  // namespace

std::vector<loop::LoadValue> ValueEmitter::transposed_loads(const loop::For& rows) {
  if (mask || lanes.count > 1 || rows.reduction || rows.body.size() != 1) return {};
  const auto* across = std::get_if<loop::For>(&rows.body[0].kind);
  if (!across || across->kind != loop::LoopKind::vectorized || across->body.size() != 1) return {};
  const auto* store = std::get_if<loop::Store>(&across->body[0].kind);
  if (!store || store->update || !is_straight(program_, store->value) || !are_independent(program_, across->body))
    return {};
  std::vector<loop::LoadValue> found;
  for_each_load(program_, store->value, [&](const loop::LoadValue& load) {
    const loop::AffineExpr offset = f_.simplify(program_.offset(load.buffer, load.indices));
    const std::int64_t stride = offset.coefficient(across->var);
    const loop::AffineExpr rest = offset - loop::AffineTable::variable(across->var) * stride -
                                  loop::AffineTable::variable(rows.var) * offset.coefficient(rows.var);
    const bool is_regular =
        !f_.shared.indices.depends_on(rest, across->var) && !f_.shared.indices.depends_on(rest, rows.var);
    const DType type = program_.buffer(load.buffer).type;
    if (is_regular && stride != 0 && stride != 1 && offset.coefficient(rows.var) == 1 &&
        (type == DType::f32 || type == DType::i32))
      found.push_back(load);
  });
  return found;
}

void ValueEmitter::load_transposed(const loop::LoadValue& load, int row, std::int64_t first, int count) {
  auto& builder = f_.builder;
  const DType type = program_.buffer(load.buffer).type;
  f_.set_constant(row, first);
  const Access a = access(load.buffer, load.indices);
  auto* part = llvm::FixedVectorType::get(f_.memory_type(type), static_cast<unsigned>(count));
  std::vector<Value*> rows;
  for (int lane = 0; lane < lanes.count; ++lane)
    rows.push_back(builder.CreateAlignedLoad(part, address_of_lane(load.buffer, a, lane),
                                             llvm::Align(static_cast<std::uint64_t>(bytes_of(type)))));
  const std::vector<Value*> columns = transposed(builder, rows, count);
  for (int k = 0; k < count; ++k) {
    f_.set_constant(row, first + k);
    loaded[key_of(load.buffer, load.indices)] = columns[static_cast<std::size_t>(k)];
  }
  f_.clear(row);
}

}  // namespace tilewright::cpu
