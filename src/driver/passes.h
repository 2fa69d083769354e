#pragma once

#include <string>
#include <vector>

#include "base/pass_manager.h"

namespace tilewright::driver {

/// Switches passes of any level off, for the rest of the process. Errors: Error(usage) for a name that no pass has,
/// which lists those that can be switched off, and for a pass that later ones need.
void switch_off_passes(const std::vector<std::string>& names);

/// Of all passes of all levels in the order in which they run: graph, loop, target.
std::vector<PassTime> pass_times();

}  // namespace tilewright::driver
