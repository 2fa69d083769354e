#pragma once

#include <llvm/IR/IRBuilder.h>

#include <vector>

namespace tilewright::cpu {

/// Rows of a block as its columns, by log2(columns) exchanges between pairs of registers.
///
/// Shapes   rows.size() vectors of `columns` elements -> `columns` vectors of rows.size() elements; both are powers of
///          two, and there are at least as many rows as columns.
std::vector<llvm::Value*> transposed(llvm::IRBuilder<>& builder, const std::vector<llvm::Value*>& rows, int columns);

}  // namespace tilewright::cpu
