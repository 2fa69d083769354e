#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tilewright::schedule {

/// Numbers as in TVM's records (docs/ansor.md §2.1).
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
/// As TVM prints it: "parallel", "blockIdx.x"; "for" if there is none.
std::string_view to_text(Annotation annotation);

/// A split length that is not chosen yet, or an extent that is not known yet.
inline constexpr std::int64_t kUnknown = -1;

/// The scope of a cache_read that lays a constant out in blocks when the schedule is compiled, as Ansor's layout
/// rewrite does: the blocks are what the loop that the copy is attached to reads in one iteration.
inline constexpr const char* kPackedScope = "packed";

/// Pragmas of our own about a stage's traffic with memory, followed by 0 (no) or 1 (yes). Prefetch: ask for constants a
/// block ahead; yes unless it is said. Stream: write the stage's result past the caches; no unless it is said.
inline constexpr std::string_view kPrefetchPragma = "prefetch_constants$", kStreamPragma = "stream_stores$";

// The transform steps (docs/ansor.md §2.2). `stage` and `iter` are positions at the moment of the step.

struct AnnotateStep {
  int stage, iter;
  Annotation annotation;
  bool operator==(const AnnotateStep&) const = default;
};
struct FuseStep {
  int stage;
  std::vector<int> iters;
  bool operator==(const FuseStep&) const = default;
};  ///< consecutive loops; empty: a new loop of extent 1
struct PragmaStep {
  int stage, iter;
  std::string text;
  bool operator==(const PragmaStep&) const = default;
};  ///< "auto_unroll_max_step$N", kPrefetchPragma or kStreamPragma with 0 or 1
struct ReorderStep {
  int stage;
  std::vector<int> order;
  bool operator==(const ReorderStep&) const = default;
};  ///< result loop k was loop order[k]
struct SplitStep {
  int stage, iter;
  std::int64_t extent;
  std::vector<std::int64_t> lengths;
  bool inner_to_outer = true;
  bool operator==(const SplitStep&) const = default;
};
struct FollowSplitStep {
  int stage, iter;
  int source_step;
  int levels;
  bool operator==(const FollowSplitStep&) const = default;
};  ///< lengths follow an earlier SplitStep
struct FollowFusedSplitStep {
  int stage, iter;
  std::vector<int> source_steps;
  int level;
  bool factor;
  bool operator==(const FollowFusedSplitStep&) const = default;
};
struct StorageAlignStep {
  int stage, iter;
  int factor, offset;
  bool operator==(const StorageAlignStep&) const = default;
};
struct ComputeAtStep {
  int stage, target_stage, target_iter;
  bool operator==(const ComputeAtStep&) const = default;
};
struct ComputeInlineStep {
  int stage;
  bool operator==(const ComputeInlineStep&) const = default;
};
struct ComputeRootStep {
  int stage;
  bool operator==(const ComputeRootStep&) const = default;
};
struct CacheReadStep {
  int stage;
  std::string scope;
  std::vector<int> readers;
  bool operator==(const CacheReadStep&) const = default;
};
struct CacheWriteStep {
  int stage;
  std::string scope;
  bool operator==(const CacheWriteStep&) const = default;
};
struct RfactorStep {
  int stage, iter, factor_axis;
  bool operator==(const RfactorStep&) const = default;
};

using Step = std::variant<AnnotateStep, FuseStep, PragmaStep, ReorderStep, SplitStep, FollowSplitStep,
                          FollowFusedSplitStep, StorageAlignStep, ComputeAtStep, ComputeInlineStep, ComputeRootStep,
                          CacheReadStep, CacheWriteStep, RfactorStep>;

}  // namespace tilewright::schedule
