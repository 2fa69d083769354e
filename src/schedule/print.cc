// A state as pseudo-code, and the hash of what it shows. Both walk the same lines; in the hash the stages computed in
// one loop stand in the order in which they run, so that it tells programs apart and not how they were made.
#include <algorithm>
#include <array>

#include "base/hash.h"
#include "schedule/state.h"

namespace tilewright::schedule {
namespace {

/// Stages computed in a loop, in the order in which they were put there, as Ansor lists them.
std::vector<int> in_order_of_attachment(const State& state, int stage, int iter) {
  std::vector<int> attached = state.attached_to(stage, iter);
  std::stable_sort(attached.begin(), attached.end(),
                   [&](int a, int b) { return state.stage(a).attached_by < state.stage(b).attached_by; });
  return attached;
}

/// Calls `attribute(depth, stage, what, number)`, `loop(depth, iterator)` and `body(depth, stage)` in the order of the
/// text.
template <class Visitor>
void walk_stage(const State& state, int id, int depth, bool delete_trivial_loops, Visitor& visitor) {
  const Stage& stage = state.stage(id);
  if (stage.auto_unroll_max_step != 0) visitor.attribute(depth, stage, "auto_unroll", stage.auto_unroll_max_step);
  if (!stage.prefetch_constants) visitor.attribute(depth, stage, "prefetch_constants", 0);
  if (stage.stream_stores) visitor.attribute(depth, stage, "stream_stores", 1);
  if (stage.storage_offset != 0) visitor.attribute(depth, stage, "storage_offset", stage.storage_offset);
  for (std::size_t i = 0; i < stage.iters.size(); ++i) {
    if (!delete_trivial_loops || stage.iters[i].extent != 1) visitor.loop(depth++, stage.iters[i]);
    for (int attached : visitor.attached(state, id, static_cast<int>(i)))
      walk_stage(state, attached, depth, delete_trivial_loops, visitor);
  }
  visitor.body(depth, stage);
}

template <class Visitor>
void walk(const State& state, bool delete_trivial_loops, Visitor& visitor) {
  for (int i = 0; i < state.num_stages(); ++i)
    if (!state.stage(i).is_placeholder() && state.stage(i).compute_at == ComputeAt::root)
      walk_stage(state, i, 0, delete_trivial_loops, visitor);
}

struct TextVisitor {
  std::string text;
  static std::vector<int> attached(const State& state, int stage, int iter) {
    return in_order_of_attachment(state, stage, iter);
  }
  void indent(int depth) { text.append(static_cast<std::size_t>(2 * depth), ' '); }
  void attribute(int depth, const Stage& stage, std::string_view what, int number) {
    indent(depth);
    fmt::format_to(std::back_inserter(text), "{} {}: {}\n", stage.tensor->name, what, number);
  }
  void loop(int depth, const Iterator& loop) {
    indent(depth);
    const std::string_view annotation = schedule::to_text(loop.annotation);
    if (loop.extent == kUnknown) {
      fmt::format_to(std::back_inserter(text), "{} {} (None)\n", annotation, loop.name);
    } else {
      fmt::format_to(std::back_inserter(text), "{} {} (0,{})\n", annotation, loop.name, loop.extent);
    }
  }
  void body(int depth, const Stage& stage) {
    indent(depth);
    text += stage.tensor->name + " = ...\n";
  }
};

struct HashVisitor {
  std::uint64_t hash = 0;
  static std::vector<int> attached(const State& state, int stage, int iter) { return state.attached_to(stage, iter); }
  void mix(std::uint64_t value) { hash = hash_mix(hash, value); }
  void attribute(int, const Stage& stage, std::string_view what, int number) {
    mix(hash_bytes(stage.tensor->name)), mix(hash_bytes(what)), mix(static_cast<std::uint64_t>(number));
  }
  void loop(int depth, const Iterator& loop) {
    mix(static_cast<std::uint64_t>(depth) << 8 | static_cast<std::uint64_t>(loop.annotation));
    mix(static_cast<std::uint64_t>(loop.extent));
    mix(hash_bytes(loop.name));
  }
  void body(int depth, const Stage& stage) {
    mix(static_cast<std::uint64_t>(depth)), mix(hash_bytes(stage.tensor->name));
  }
};

}  // namespace

std::string_view to_text(Annotation annotation) {
  static constexpr std::array<std::string_view, 12> kNames{"for",         "unroll",     "vectorize",   "parallel",
                                                           "vthread",     "blockIdx.x", "threadIdx.x", "blockIdx.y",
                                                           "threadIdx.y", "blockIdx.z", "threadIdx.z", "tensorize"};
  return kNames[static_cast<std::size_t>(annotation)];
}

std::string to_text(const State& state, bool delete_trivial_loops) {
  TextVisitor visitor;
  visitor.text = "Placeholder: ";
  std::string_view separator;
  for (int i = 0; i < state.num_stages(); ++i) {
    if (!state.stage(i).is_placeholder()) continue;
    visitor.text.append(separator).append(state.stage(i).tensor->name);
    separator = ", ";
  }
  visitor.text += "\n";
  walk(state, delete_trivial_loops, visitor);
  return std::move(visitor.text);
}

std::uint64_t structural_hash(const State& state) {
  HashVisitor visitor;
  walk(state, true, visitor);
  return visitor.hash;
}

}  // namespace tilewright::schedule
