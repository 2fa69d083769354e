#pragma once

#include <cstdint>
#include <vector>

#include "loop/program.h"

namespace tilewright::cost {

/// A loop of a program. Loop 0 of every nest is the program itself, run once.
struct NestLoop {
  int var = -1;  ///< index atom that counts it; several loops in sequence may share one
  std::int64_t extent = 1;
  loop::LoopKind kind = loop::LoopKind::serial;
  bool reduction = false;
  int parent = -1;
  int depth = 0;     ///< of loop 0: 0
  double trips = 1;  ///< iterations of this loop in one run of the program, as far as its branches are taken
};

/// Operations that one element costs. `divisions` and `calls` are weighted with their cost in cycles per vector.
struct OpCount {
  double fused = 0;   ///< multiply-adds
  double simple = 0;  ///< other one-cycle arithmetic
  double slow = 0;    ///< cycles in divisions, roots and calls of math functions
};

/// One buffer element read or written by a store statement.
struct Access {
  loop::BufferId buffer;
  bool write;
  const std::vector<loop::AffineExpr>* indices;  ///< lives in the program
  int leaf;
};

/// A store statement and what it does for one element.
struct Leaf {
  int loop;     ///< innermost loop around it
  bool update;  ///< a step of a reduction
  int element_bytes;
  OpCount ops;
  int conditions;  ///< guards that must be tested around it
  double share;    ///< how often the branches between it and `loop` lead to it, 0 to 1 (a guess, see nest.cc)
  int first_access, end_access;  ///< its own in Nest::accesses, the write first
};

/// A program as flat tables: what the terms of the analytic model read. Refers into the program, which must outlive it.
struct Nest {
  const loop::Program* program = nullptr;
  std::vector<NestLoop> loops;  ///< parents before children
  std::vector<Leaf> leaves;     ///< in program order
  std::vector<Access> accesses;
};

Nest flatten(const loop::Program& program);

}  // namespace tilewright::cost
