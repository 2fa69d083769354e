#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "runtime/tensor.h"

namespace tilewright::driver {

/// Arrays by name. A tensor's name in a network is its key in an .npz file.
using NamedTensors = std::map<std::string, runtime::Tensor>;

/// Every array of an .npz file. Errors: Error(bad_input) naming the file, the array and what is wrong with it.
NamedTensors read_npz(const std::filesystem::path& path);

/// Writes an .npz file as numpy.savez does. Errors: Error(cannot_write); what was at `path` is still there.
void write_npz(const std::filesystem::path& path, const NamedTensors& tensors);

}  // namespace tilewright::driver
