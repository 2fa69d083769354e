#pragma once

#include <filesystem>

namespace tilewright::measure {

/// The worker program: `wanted` if not empty, else the environment's TILEWRIGHT_WORKER, else tilewright-worker beside
/// the running program or one folder above it.
/// Errors: Error(usage) if the named one is not there, Error(nothing_measured) if none is found; both say where was
/// looked.
std::filesystem::path find_worker(const std::filesystem::path& wanted);

}  // namespace tilewright::measure
