#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/model/model.h"

namespace tilewright::runtime {

// Whether a plan fits together, so that no kernel of it reaches beyond a buffer. It may come from a file that was
// changed. Errors of all: InternalError that says what does not fit.

/// Bytes of a tensor. Also an error: a negative extent, or more bytes than an address space has.
std::int64_t checked_bytes(DType type, const std::vector<std::int64_t>& shape);

/// Inputs, outputs, copies: names are there once, every output is computed by a call or a copy.
void check_plan(const ModelPlan& plan);

/// The buffers of all calls, and the arena, against what their kernels read and write: bytes of each buffer of each
/// call.
void check_calls(const ModelPlan& plan, std::span<const std::span<const std::int64_t>> buffer_bytes);

}  // namespace tilewright::runtime
