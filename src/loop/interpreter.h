#pragma once

#include <span>
#include <vector>

#include "loop/program.h"
#include "te/interpreter.h"

namespace tilewright::loop {

/// Runs a loop program statement by statement, as te::interpret runs a DAG: arithmetic in double, rounded to the
/// buffer's type at every store, parallel and vectorized loops in order. Local buffers start as NaN, so that reading
/// what was never computed shows. `inputs`: one per program.dag->inputs(); returns one array per output.
/// Errors: InternalError on an access out of bounds.
std::vector<te::Array> interpret(const Program& program, std::span<const te::Array> inputs);

}  // namespace tilewright::loop
