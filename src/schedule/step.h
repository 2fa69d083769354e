#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace tilewright::schedule {

/// Numbers as in TVM's records (SPEC_ANSOR §2.1).
enum class Annotation : std::uint8_t {
  none = 0,
  unroll = 1,
  vectorize = 2,
  parallel = 3,
  vthread = 4,
  block_x = 5,
  thread_x = 6,
  block_y = 7,
  thread_y = 8,
  block_z = 9,
  thread_z = 10,
  tensorize = 11,
};

/// A split length that is not chosen yet, or an extent that is not known yet.
inline constexpr std::int64_t kUnknown = -1;

// The transform steps (SPEC_ANSOR §2.2). `stage` and `iter` are positions at the moment of the step.

struct AnnotateStep {
  int stage, iter;
  Annotation annotation;
};
struct FuseStep {
  int stage;
  std::vector<int> iters;
};  ///< consecutive loops; empty: a new loop of extent 1
struct PragmaStep {
  int stage, iter;
  std::string text;
};  ///< "auto_unroll_max_step$N"
struct ReorderStep {
  int stage;
  std::vector<int> order;
};  ///< result loop k was loop order[k]
struct SplitStep {
  int stage, iter;
  std::int64_t extent;
  std::vector<std::int64_t> lengths;
  bool inner_to_outer = true;
};
struct FollowSplitStep {
  int stage, iter;
  int source_step;
  int levels;
};  ///< lengths follow an earlier SplitStep
struct FollowFusedSplitStep {
  int stage, iter;
  std::vector<int> source_steps;
  int level;
  bool factor;
};
struct StorageAlignStep {
  int stage, iter;
  int factor, offset;
};
struct ComputeAtStep {
  int stage, target_stage, target_iter;
};
struct ComputeInlineStep {
  int stage;
};
struct ComputeRootStep {
  int stage;
};
struct CacheReadStep {
  int stage;
  std::string scope;
  std::vector<int> readers;
};
struct CacheWriteStep {
  int stage;
  std::string scope;
};
struct RfactorStep {
  int stage, iter, factor_axis;
};

using Step = std::variant<AnnotateStep, FuseStep, PragmaStep, ReorderStep, SplitStep, FollowSplitStep,
                          FollowFusedSplitStep, StorageAlignStep, ComputeAtStep, ComputeInlineStep, ComputeRootStep,
                          CacheReadStep, CacheWriteStep, RfactorStep>;

}  // namespace tilewright::schedule
