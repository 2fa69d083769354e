#include "cost/analytic/analytic_features.h"

#include <algorithm>
#include <cmath>

namespace tilewright::cost {
namespace {

/// What the columns of a row are worked out from.
struct Statement {
  const Analysis& analysis;
  const Machine& machine;
  Estimate sum;      ///< over all leaves that store to the buffer
  int leaves = 0;    ///< how many those are: more than an initialisation and an update where guards split loops
  std::size_t main;  ///< of those the one that takes most of the time; what follows is about it
  double elements = 0, registers = 0;
  double gathers = 0, broadcasts = 0, streams = 0;  ///< accesses of each kind
  double ways = 0, lines_per_iteration = 0;

  const Leaf& leaf() const { return analysis.nest.leaves[main]; }
  const LeafCompute& compute() const { return analysis.compute[main]; }
  const StraightBlock& block() const { return compute().block; }
  const NestLoop& loop(int id) const { return analysis.nest.loops[static_cast<std::size_t>(id)]; }
  const NestLoop& steady() const { return loop(block().steady); }
  const Parallelism& parallelism() const { return analysis.parallelism[main]; }
  const loop::Buffer& buffer() const {
    const Access& written = analysis.nest.accesses[static_cast<std::size_t>(leaf().first_access)];
    return analysis.nest.program->buffer(written.buffer);
  }
  double terms() const {
    double all = sum.compute + sum.fork;
    for (double t : sum.traffic) all += t;
    return std::max(all, 1e-9);
  }
  double parallel_iterations() const {
    for (int id = leaf().loop; id > 0; id = loop(id).parent)
      if (loop(id).kind == loop::LoopKind::parallel) return static_cast<double>(loop(id).extent);
    return 1;
  }
  /// Iterations of the statement inside the outermost loop of which one iteration touches no more than a cache holds.
  double resident_trips(int level) const {
    int id = leaf().loop;
    while (id > 0 && analysis.footprints.body_bytes(loop(id).parent) <= machine.capacity[level]) id = loop(id).parent;
    return id == 0 ? loop(leaf().loop).trips : loop(leaf().loop).trips / loop(id).trips;
  }
};

double ratio(double a, double b) { return b > 0 ? a / b : 0; }
double log_of(double x) { return std::log2(1 + std::max(0.0, x)); }

struct Column {
  AnalyticColumn text;
  double (*value)(const Statement&);
};
using S = const Statement&;

/// The table of columns. A new one goes to the end, and the version of model files (model_file.h) grows with it.
constexpr std::array<Column, kDraftColumns> kColumns{{
    {{"cycles", "log2, estimated cycles of the row"}, [](S s) { return log_of(s.sum.cycles); }},
    {{"program_cycles", "log2, of the program"}, [](S s) { return log_of(s.analysis.total.cycles); }},
    {{"cycles_share", "of the row in the program"}, [](S s) { return ratio(s.sum.cycles, s.analysis.total.cycles); }},
    {{"compute_cycles", "log2, all data in L1"}, [](S s) { return log_of(s.sum.compute); }},
    {{"l1_cycles", "log2, moving data from L2 to L1"}, [](S s) { return log_of(s.sum.traffic[0]); }},
    {{"l2_cycles", "log2, from L3 to L2"}, [](S s) { return log_of(s.sum.traffic[1]); }},
    {{"l3_cycles", "log2, from memory"}, [](S s) { return log_of(s.sum.traffic[2]); }},
    {{"fork_cycles", "log2, starting and joining parallel loops"}, [](S s) { return log_of(s.sum.fork); }},
    {{"compute_share", "of compute in the sum of all terms"}, [](S s) { return s.sum.compute / s.terms(); }},
    {{"l1_share", "of traffic into L1"}, [](S s) { return s.sum.traffic[0] / s.terms(); }},
    {{"l2_share", "of traffic into L2"}, [](S s) { return s.sum.traffic[1] / s.terms(); }},
    {{"l3_share", "of traffic into L3"}, [](S s) { return s.sum.traffic[2] / s.terms(); }},
    {{"leaves", "stores to the buffer in the emitted code: pieces that guards cut"},
     [](S s) { return static_cast<double>(s.leaves); }},
    {{"main_share", "of the slowest store in the row's cycles; the columns that follow are about it"},
     [](S s) { return ratio(s.analysis.leaves[s.main].cycles, s.sum.cycles); }},
    {{"elements", "log2, elements computed in one run"}, [](S s) { return log_of(s.elements); }},
    {{"fused", "multiply-adds per element"}, [](S s) { return s.leaf().ops.fused; }},
    {{"simple", "other one-cycle operations per element"}, [](S s) { return s.leaf().ops.simple; }},
    {{"slow", "log2, cycles per vector of divisions, roots and functions"},
     [](S s) { return log_of(s.leaf().ops.slow); }},
    {{"is_update", "flag: a step of a reduction"}, [](S s) { return s.leaf().update ? 1.0 : 0.0; }},
    {{"efficiency", "cycles of arithmetic alone per cycle of the block"},
     [](S s) { return ratio(s.compute().arithmetic, s.compute().per_block); }},
    {{"accumulators", "registers that keep updated elements"}, [](S s) { return s.compute().accumulators; }},
    {{"waiting", "registers that hold loaded values for several uses"}, [](S s) { return s.compute().waiting; }},
    {{"register_share", "both and one operand, per register of the file"},
     [](S s) { return (s.compute().accumulators + s.compute().waiting + 1) / s.machine.registers; }},
    {{"spills", "log2, registers that go to the stack per block"}, [](S s) { return log_of(s.compute().spills); }},
    {{"latency_share", "wait for accumulators per cycle of the block"},
     [](S s) { return ratio(s.compute().latency, s.compute().per_block); }},
    {{"chain", "log2, updates of one element per block"}, [](S s) { return log_of(s.block().chain); }},
    {{"copies", "log2, of the statement per block"}, [](S s) { return log_of(s.block().copies); }},
    {{"tile_rows", "log2, copies that update different elements"},
     [](S s) { return log_of(s.block().copies / s.block().chain); }},
    {{"lanes", "elements per copy"}, [](S s) { return s.block().lanes; }},
    {{"tile_vectors", "vector instructions per operation and copy"},
     [](S s) { return s.block().per_operation.instructions; }},
    {{"lane_use", "share of the lanes of those instructions that carry an element"},
     [](S s) {
       const double lanes = s.machine.vector_bytes / s.leaf().element_bytes;
       return ratio(s.block().lanes, s.block().per_operation.instructions * lanes);
     }},
    {{"is_vector_multiple", "flag: elements per copy are a multiple of the vector length"},
     [](S s) {
       const double lanes = s.machine.vector_bytes / s.leaf().element_bytes;
       return std::fmod(s.block().lanes, lanes) == 0 ? 1.0 : 0.0;
     }},
    {{"gathers", "accesses with a stride along the vector"}, [](S s) { return s.gathers; }},
    {{"broadcasts", "accesses that all lanes share"}, [](S s) { return s.broadcasts; }},
    {{"loads_per_operation", "passes of loads per cycle of arithmetic"},
     [](S s) { return std::min(16.0, ratio(s.compute().loads, s.compute().arithmetic)); }},
    {{"stores_per_operation", "passes of stores per cycle of arithmetic"},
     [](S s) { return std::min(16.0, ratio(s.compute().stores, s.compute().arithmetic)); }},
    {{"block_instructions", "log2, in the straight code of the block"},
     [](S s) { return log_of(s.compute().instructions); }},
    {{"code_share", "code of the program per byte of the instruction cache"},
     [](S s) {
       double instructions = 0;
       for (const LeafCompute& c : s.analysis.compute) instructions += c.instructions;
       return std::min(64.0, instructions * kInstructionBytes / s.machine.code_bytes);
     }},
    {{"steady_extent", "log2, iterations of the counted loop around the block"},
     [](S s) { return log_of(static_cast<double>(s.steady().extent)); }},
    {{"steady_reduces", "flag: that loop is a reduction"}, [](S s) { return s.steady().reduction ? 1.0 : 0.0; }},
    {{"depth", "loops around the statement"}, [](S s) { return static_cast<double>(s.loop(s.leaf().loop).depth); }},
    {{"guards", "log2, cycles in testing conditions per block"}, [](S s) { return log_of(s.compute().guards); }},
    {{"branch_share", "how often branches lead to the statement"}, [](S s) { return s.leaf().share; }},
    {{"cores_share", "of the cores that work on it"}, [](S s) { return s.parallelism().cores / s.machine.cores; }},
    {{"parallel_iterations", "log2, of the parallel loop around it"},
     [](S s) { return log_of(s.parallel_iterations()); }},
    {{"parallel_grain", "log2, cycles of one parallel iteration"},
     [](S s) { return log_of(s.sum.cycles * s.parallelism().cores / s.parallel_iterations()); }},
    {{"footprint_l1", "bytes of one iteration of the steady loop per byte of L1"},
     [](S s) { return std::min(64.0, s.analysis.footprints.body_bytes(s.block().steady) / s.machine.capacity[0]); }},
    {{"footprint_l2", "bytes of the whole program per byte of L2"},
     [](S s) { return std::min(64.0, s.analysis.footprints.body_bytes(0) / s.machine.capacity[1]); }},
    {{"footprint_l3", "the same for L3"},
     [](S s) { return std::min(64.0, s.analysis.footprints.body_bytes(0) / s.machine.capacity[2]); }},
    {{"resident_l1", "log2, iterations inside the outermost loop whose body fits L1"},
     [](S s) { return log_of(s.resident_trips(0)); }},
    {{"resident_l2", "the same for L2"}, [](S s) { return log_of(s.resident_trips(1)); }},
    {{"ways_share", "most lines of an access in one set of L1 per way, in the steady loop"},
     [](S s) { return std::min(64.0, s.ways / s.machine.l1_ways()); }},
    {{"streams", "log2, rows of memory that the block walks along at once"}, [](S s) { return log_of(s.streams); }},
    {{"lines", "log2, cache lines that one run of the steady loop touches"},
     [](S s) { return log_of(s.lines_per_iteration); }},
    {{"buffer_bytes", "log2, of the buffer"},
     [](S s) { return log_of(static_cast<double>(s.buffer().elements()) * s.leaf().element_bytes); }},
    {{"is_local", "flag: the buffer lives in a loop"},
     [](S s) { return s.buffer().scope == loop::Scope::local ? 1.0 : 0.0; }},
}};

/// Kinds of accesses of the main leaf, and what they touch while its steady loop runs.
void look_at_accesses(Statement& s) {
  const StraightBlock& block = s.block();
  const auto depth = static_cast<std::size_t>(s.steady().depth);
  for (int a = s.leaf().first_access; a < s.leaf().end_access; ++a) {
    const auto strides = s.analysis.footprints.strides(a);
    if (block.vector_depth >= 0) {
      const double stride = strides[static_cast<std::size_t>(block.vector_depth)];
      s.gathers += stride != 0 && stride != 1 ? 1 : 0;
      s.broadcasts += stride == 0 ? 1 : 0;
    }
    const double bytes = s.leaf().element_bytes;
    double rows = 1;
    for (const NestLoop* loop : block.unrolled)
      if (strides[static_cast<std::size_t>(loop->depth)] * bytes >= s.machine.line_bytes)
        rows *= static_cast<double>(loop->extent);
    s.streams += rows;
    s.ways = std::max(s.ways, s.analysis.footprints.ways(a)[depth]);
    s.lines_per_iteration += s.analysis.footprints.bytes(a)[depth] / s.machine.line_bytes;
  }
  s.elements = s.loop(s.leaf().loop).trips * s.leaf().share;
}

}  // namespace

std::vector<AnalyticRow> analytic_features(const Analysis& analysis, const Machine& machine) {
  std::vector<AnalyticRow> rows;
  std::vector<Statement> statements;
  for (std::size_t l = 0; l < analysis.nest.leaves.size(); ++l) {
    const Leaf& leaf = analysis.nest.leaves[l];
    const loop::BufferId buffer = analysis.nest.accesses[static_cast<std::size_t>(leaf.first_access)].buffer;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const AnalyticRow& r) { return r.buffer == buffer; });
    const auto at = static_cast<std::size_t>(row - rows.begin());
    if (row == rows.end()) {
      rows.push_back({buffer, 0, {}});
      statements.push_back({.analysis = analysis, .machine = machine, .sum = {}, .main = l});
    }
    Statement& s = statements[at];
    s.sum += analysis.leaves[l];
    ++s.leaves;
    if (analysis.leaves[l].cycles > analysis.leaves[s.main].cycles) s.main = l;
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    look_at_accesses(statements[r]);
    rows[r].cycles = statements[r].sum.cycles;
    for (std::size_t c = 0; c < kDraftColumns; ++c)
      rows[r].values[c] = static_cast<float>(kColumns[c].value(statements[r]));
  }
  return rows;
}

std::span<const AnalyticColumn> analytic_columns() {
  static const std::vector<AnalyticColumn> texts = [] {
    std::vector<AnalyticColumn> all;
    for (const Column& column : kColumns) all.push_back(column.text);
    return all;
  }();
  return texts;
}

}  // namespace tilewright::cost
