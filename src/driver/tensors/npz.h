#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "runtime/model/model.h"

namespace tilewright::driver {

/// Arrays by name. A tensor's name in a network is its key in an .npz file.
using NamedTensors = std::map<std::string, runtime::Tensor>;

/// Name, type and shape of every array of an .npz file; its data is not read.
/// Errors: Error(bad_input) naming the file, the array and what is wrong with it.
std::vector<runtime::Port> npz_arrays(const std::filesystem::path& path);

/// The arrays of an .npz file. Read are those that fit a port by name and shape, so that a file takes no more memory
/// than the ports do; the others have type and shape, but no data: enough to say why they don't fit.
/// Errors: as npz_arrays.
NamedTensors read_npz(const std::filesystem::path& path, std::span<const runtime::Port> ports);

/// Writes an .npz file as numpy.savez does. Errors: Error(cannot_write); what was at `path` is still there.
void write_npz(const std::filesystem::path& path, const NamedTensors& tensors);

}  // namespace tilewright::driver
