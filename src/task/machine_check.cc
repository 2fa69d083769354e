#include "task/machine_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace tilewright::task {

std::string to_text(const MachineCheck& check) {
  if (check.is_noisy())
    return fmt::format(
        "the machine is noisy: a fixed piece of work takes {:.0f} % longer in the middle than at best; "
        "end other programs while tuning, or the wrong candidates win",
        100 * check.noise);
  if (check.is_slow())
    return fmt::format(
        "the machine runs at {:.0f} % of the speed it had before: it is throttled or shared, and "
        "what is measured now looks slower than it is",
        100 * std::min(check.speed, check.memory_speed));
  return "the machine runs evenly and at full speed";
}

}  // namespace tilewright::task
