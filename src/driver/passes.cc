#include "driver/passes.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "backend/cpu/passes.h"
#include "graph/passes.h"
#include "loop/passes.h"

namespace tilewright::driver {
namespace {

std::vector<PassList*> levels() { return {&graph::pass_manager(), &loop::pass_manager(), &cpu::pass_manager()}; }

}  // namespace

void switch_off_passes(const std::vector<std::string>& names) {
  const std::vector<PassList*> all = levels();
  for (const std::string& name : names) {
    const auto level = std::find_if(all.begin(), all.end(), [&](const PassList* passes) { return passes->has(name); });
    if (level == all.end()) {
      std::vector<std::string_view> known;
      for (const PassList* passes : all)
        for (const std::string_view pass : passes->names())
          if (!passes->is_needed(pass)) known.push_back(pass);
      throw Error(Code::usage, "there is no pass {}; those that can be left out are {}", name, fmt::join(known, ", "));
    }
    if ((*level)->is_needed(name))
      throw Error(Code::usage, "the pass {} can't be left out: what comes after it relies on it", name);
    (*level)->switch_pass(name, false);
  }
}

std::vector<PassTime> pass_times() {
  std::vector<PassTime> times;
  for (const PassList* passes : levels()) {
    const std::vector<PassTime> own = passes->times();
    times.insert(times.end(), own.begin(), own.end());
  }
  return times;
}

}  // namespace tilewright::driver
