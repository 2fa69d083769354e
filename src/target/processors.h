#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "target/target_spec.h"

namespace tilewright::target {

/// A machine that has a name: a processor as LLVM calls it, in a server or computer that it is common in, or a set of
/// features that many have. As data sheets, optimisation manuals and the kernel's /sys have it.
struct Processor {
  std::string_view name;
  std::string_view like;      ///< has all features of that one, which stands before it; "": of none
  std::string_view features;  ///< others that code made for it may use: LLVM's names without a sign, by blanks
  int cores;
  std::int64_t l1d_bytes, l2_bytes;
  std::int64_t l3_bytes;  ///< that one core reaches; where there is no third level, the second again
  int fma_units;          ///< vector FMAs issued per cycle
  int unit_bytes;         ///< that an execution unit works on at once
  bool is_aarch64 = false;
};

/// All that have a name.
std::span<const Processor> processors();
/// Nothing if the name is not known.
const Processor* find_processor(std::string_view name);

/// "host" or "" for this machine, else the name of a processor. Failure names the known ones.
Result<TargetSpec> parse_target(const std::string& text);

}  // namespace tilewright::target
