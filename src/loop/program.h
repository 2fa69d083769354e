#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/blocked_layout.h"
#include "base/error.h"
#include "loop/affine.h"
#include "te/dag.h"

namespace tilewright::loop {

using ValueId = int;
using BufferId = int;

// Values: what is computed for one element. Nodes live in Program::values and refer to each other by position; copies
// of a loop body share them.
struct ConstantValue {
  Number value;  ///< of the node's type
};
struct IndexValue {
  AffineExpr index;
};  ///< an index used as a number
struct NonNegative {
  AffineExpr index;
};  ///< bool: index >= 0
struct LoadValue {
  BufferId buffer;
  std::vector<AffineExpr> indices;
};
struct UnaryValue {
  te::UnaryOp op;
  ValueId a;
};
struct BinaryValue {
  te::BinaryOp op;
  ValueId a, b;
};
struct SelectValue {
  ValueId condition, on_true, on_false;
};  ///< lazy, like te::Select
struct CastValue {
  ValueId a;
};

struct Value {
  DType type;
  std::variant<ConstantValue, IndexValue, NonNegative, LoadValue, UnaryValue, BinaryValue, SelectValue, CastValue> kind;
};

enum class Scope : std::uint8_t {
  argument,   ///< the caller's buffer
  workspace,  ///< of the kernel: an intermediate at root
  local,      ///< of the loop iteration that computes it
};

struct Buffer {
  std::string name;
  DType type;
  std::vector<std::int64_t> shape;  ///< elements per dimension, dense row-major
  Scope scope = Scope::local;
  int argument = -1;  ///< position among the kernel's buffers, for Scope::argument
  int stage = -1;     ///< the schedule stage that writes it, -1 for an input
  std::int64_t elements() const;
};

enum class LoopKind : std::uint8_t { serial, parallel, vectorized, unrolled };

/// A wish that an element be in the caches soon, by its row-major offset, which may lie outside of the buffer.
struct Prefetch {
  BufferId buffer;
  AffineExpr offset;
};

struct Stmt;
using Block = std::vector<Stmt>;

/// Runs `body` for var = begin … end - 1.
struct For {
  int var;  ///< loop atom
  std::int64_t begin, end;
  LoopKind kind = LoopKind::serial;
  bool reduction = false;  ///< iterates a reduction axis: iterations update the same elements
  int stage = -1;          ///< whose loop it is
  std::string name;        ///< for people
  Block body;
  std::vector<Prefetch> prefetches{};  ///< at the start of each iteration; added by the last of the target's passes
};
/// Runs `then` if every condition is >= 0, else `otherwise`.
struct If {
  std::vector<AffineExpr> conditions;
  Block then, otherwise;
};
/// buffer[indices] = value; with `update`, a reduction's step: the value reads the element it replaces.
struct Store {
  BufferId buffer;
  std::vector<AffineExpr> indices;
  ValueId value;
  bool update = false;
};
/// `buffer` (Scope::local) lives from here to the end of the block that this stands in.
struct Allocate {
  BufferId buffer;
};

struct Stmt {
  std::variant<For, If, Store, Allocate> kind;
};

/// What a stage's pragmas leave to the passes and to code generation.
struct StageHints {
  bool prefetch_constants = true;
  bool stream_stores = false;     ///< past the caches, where whole aligned vectors are stored
  std::int64_t unroll_limit = 0;  ///< stores to which auto-unroll may unroll its loops; 0: as the loops around say
  friend bool operator==(const StageHints&, const StageHints&) = default;
};

/// A lowered candidate: loops over buffers. A value, built and dropped once per candidate.
struct Program {
  te::DagRef dag;  ///< the base DAG: its arguments are the kernel's buffers, in order
  AffineTable indices;
  std::vector<Value> values;
  std::vector<Buffer> buffers;
  std::vector<PackedArgument> packed;  ///< the constants that the kernel takes in blocks
  std::vector<StageHints> hints;       ///< by stage; none: the defaults for all
  Block body;

  const Value& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }
  const Buffer& buffer(BufferId id) const { return buffers[static_cast<std::size_t>(id)]; }
  StageHints hints_of(int stage) const {
    const auto at = static_cast<std::size_t>(stage);
    return stage >= 0 && at < hints.size() ? hints[at] : StageHints{};
  }
  ValueId add(Value value);
  /// Row-major offset in elements.
  AffineExpr offset(BufferId buffer, const std::vector<AffineExpr>& indices) const;
};

/// The program as pseudo-code, one statement a line, with all that it holds (docs/passes.md has the grammar). Two
/// buffers of one name are told apart: `T` and `T~2`.
std::string to_text(const Program& program);

/// The inverse: a program of the same text and structural_hash. Its DAG has the arguments of the original, but outputs
/// are 0: what they should be is not in the text. The program need not pass `verify`. Failure: what is wrong, with line
/// and column, from 1 on.
Result<Program> parse(std::string_view text);

/// Equal for programs that differ only in names, in how loops and buffers are numbered, and in loops of one iteration:
/// the machine code is the same. Different ones agree by chance only.
std::uint64_t structural_hash(const Program& program);

/// Checks what every pass must keep: variables bound once and in scope, buffers allocated before use, indices that
/// are sums of loop variables within bounds (or guarded), types that fit, parallel loops not nested, vectorized loops
/// innermost. All errors at once, one a line.
Status verify(const Program& program);

}  // namespace tilewright::loop
