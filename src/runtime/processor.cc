#include "runtime/processor.h"

#include <algorithm>
#include <string_view>

namespace tilewright::runtime {
namespace {

struct Feature {
  std::string_view name;
  bool supported;
};

#if defined(__x86_64__)
/// The compiler takes literal names only.
std::vector<Feature> known_features() {
  __builtin_cpu_init();
  return {
      {"sse3", __builtin_cpu_supports("sse3") != 0},
      {"ssse3", __builtin_cpu_supports("ssse3") != 0},
      {"sse4.1", __builtin_cpu_supports("sse4.1") != 0},
      {"sse4.2", __builtin_cpu_supports("sse4.2") != 0},
      {"popcnt", __builtin_cpu_supports("popcnt") != 0},
      {"fma4", __builtin_cpu_supports("fma4") != 0},
      {"xop", __builtin_cpu_supports("xop") != 0},
      {"avx", __builtin_cpu_supports("avx") != 0},
      {"avx2", __builtin_cpu_supports("avx2") != 0},
      {"fma", __builtin_cpu_supports("fma") != 0},
      {"bmi", __builtin_cpu_supports("bmi") != 0},
      {"bmi2", __builtin_cpu_supports("bmi2") != 0},
      {"avx5124fmaps", __builtin_cpu_supports("avx5124fmaps") != 0},
      {"avx512f", __builtin_cpu_supports("avx512f") != 0},
      {"avx512vl", __builtin_cpu_supports("avx512vl") != 0},
      {"avx512bw", __builtin_cpu_supports("avx512bw") != 0},
      {"avx512dq", __builtin_cpu_supports("avx512dq") != 0},
      {"avx512cd", __builtin_cpu_supports("avx512cd") != 0},
      {"avx512vnni", __builtin_cpu_supports("avx512vnni") != 0},
      {"avx512bf16", __builtin_cpu_supports("avx512bf16") != 0},
  };
}
#else
std::vector<Feature> known_features() { return {}; }
#endif

}  // namespace

std::vector<std::string> missing_features(const std::vector<std::string>& features) {
  const std::vector<Feature> known = known_features();
  std::vector<std::string> missing;
  for (const std::string& wanted : features) {
    const auto feature = std::find_if(known.begin(), known.end(), [&](const Feature& f) { return f.name == wanted; });
    if (feature != known.end() && !feature->supported) missing.push_back(wanted);
  }
  return missing;
}

}  // namespace tilewright::runtime
