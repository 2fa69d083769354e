#include "backend/cpu/hot_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "backend/cpu/disassembly.h"

namespace tilewright::cpu {
namespace {

/// How often a loop is taken to run for each time that the loop around it does.
constexpr double kIterations = 8;

/// Instructions [begin, end) of the code.
struct Range {
  std::size_t begin, end;
};

/// Every loop, from where its last jump back leads to that jump.
std::vector<Range> loops_of(const std::vector<Instruction>& code) {
  std::map<std::size_t, std::size_t> loops;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (!code[i].branches || *code[i].branches > code[i].address) continue;
    const auto target = std::ranges::lower_bound(code, *code[i].branches, {}, &Instruction::address);
    loops[static_cast<std::size_t>(target - code.begin())] = i + 1;
  }
  std::vector<Range> ranges;
  for (const auto& [begin, end] : loops) ranges.push_back({begin, end});
  return ranges;
}

/// Whether the loop `inner` lies within `outer`.
bool lies_within(const Range& inner, const Range& outer) { return inner.begin > outer.begin && inner.end <= outer.end; }

int depth_of(const Range& range, const std::vector<Range>& loops) {
  return static_cast<int>(std::ranges::count_if(loops, [&](const Range& outer) { return lies_within(range, outer); }));
}

void count(const Instruction& instruction, HotLoop& loop) {
  loop.instructions += 1;
  loop.fmas += instruction.fma ? 1 : 0;
  loop.loads += instruction.load ? 1 : 0;
  loop.stores += instruction.store ? 1 : 0;
  loop.stack_accesses += instruction.stack ? 1 : 0;
  loop.flops += instruction.flops;
  loop.bytes += instruction.bytes;
  loop.vector_bytes = std::max(loop.vector_bytes, instruction.vector_bytes);
}

std::set<std::uint64_t> labels_of(const std::vector<Instruction>& code) {
  std::set<std::uint64_t> labels;
  for (const Instruction& instruction : code)
    if (instruction.branches) labels.insert(*instruction.branches);
  return labels;
}

/// What a range holds beside the loops in it, of which a comment says that they are there.
HotLoop summarize(const std::vector<Instruction>& code, const Range& range, const std::vector<Range>& loops,
                  const std::set<std::uint64_t>& labels) {
  HotLoop loop;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    const auto inner =
        std::ranges::find_if(loops, [&](const Range& other) { return other.begin == i && lies_within(other, range); });
    if (inner != loops.end()) {
      loop.assembly += fmt::format("\t(a loop of {} instructions)\n", inner->end - inner->begin);
      i = inner->end - 1;
      continue;
    }
    if (labels.contains(code[i].address)) loop.assembly += fmt::format("{:#x}:\n", code[i].address);
    loop.assembly += code[i].text + "\n";
    count(code[i], loop);
  }
  return loop;
}

}  // namespace

HotLoop find_hot_loop(std::string_view object, const target::TargetSpec& target) {
  const std::vector<Instruction> code = disassemble(object, target);
  const std::vector<Range> loops = loops_of(code);
  const std::set<std::uint64_t> labels = labels_of(code);
  if (loops.empty()) return summarize(code, {0, code.size()}, loops, labels);
  HotLoop best;
  double most = -1;
  for (const Range& range : loops) {
    HotLoop loop = summarize(code, range, loops, labels);
    const double work = (1 + loop.flops) * std::pow(kIterations, depth_of(range, loops));
    if (work > most) most = work, best = std::move(loop);
  }
  return best;
}

}  // namespace tilewright::cpu
