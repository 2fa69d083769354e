#include "backend/cpu/hot_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "backend/cpu/assembly/instruction.h"

namespace tilewright::cpu {
namespace {

/// How often a loop is taken to run for each time that the loop around it does.
constexpr double kIterations = 8;

struct Line {
  std::string_view text;
  bool is_label = false;
  Instruction instruction;  ///< of what is no label
};

/// Lines [begin, end) of the code.
struct Range {
  std::size_t begin, end;
};

/// Labels and instructions; directives and comments are left out.
std::vector<Line> lines_of(std::string_view assembly, const target::TargetSpec& target) {
  const bool arm = target.is_aarch64();
  std::vector<Line> lines;
  while (!assembly.empty()) {
    const std::size_t end = std::min(assembly.find('\n'), assembly.size());
    std::string_view line = assembly.substr(0, end);
    assembly.remove_prefix(std::min(end + 1, assembly.size()));
    const std::string_view comment = arm ? "//" : "#";
    if (const auto text = split_instruction(line, comment)) {
      lines.push_back({line, false, arm ? read_aarch64(*text) : read_x86_64(*text)});
    } else {
      line = line.substr(0, line.find(comment));
      line = line.substr(0, line.find_last_not_of(" \t") + 1);
      if (line.ends_with(':')) lines.push_back({line.substr(0, line.size() - 1), true, {}});
    }
  }
  return lines;
}

/// Every loop, from its label to its last jump back.
std::vector<Range> loops_of(const std::vector<Line>& lines) {
  std::map<std::string_view, std::size_t> labels;
  std::map<std::size_t, std::size_t> loops;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].is_label) labels[lines[i].text] = i;
    const auto label = labels.find(lines[i].instruction.branches);
    if (label != labels.end()) loops[label->second] = i + 1;
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

/// What a range holds beside the loops in it, of which a comment says that they are there.
HotLoop summarize(const std::vector<Line>& lines, const Range& range, const std::vector<Range>& loops) {
  HotLoop loop;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    const auto inner =
        std::ranges::find_if(loops, [&](const Range& other) { return other.begin == i && lies_within(other, range); });
    if (inner != loops.end()) {
      loop.assembly += fmt::format("\t(a loop of {} lines)\n", inner->end - inner->begin);
      i = inner->end - 1;
      continue;
    }
    loop.assembly += lines[i].text;
    loop.assembly += lines[i].is_label ? ":\n" : "\n";
    if (!lines[i].is_label) count(lines[i].instruction, loop);
  }
  return loop;
}

}  // namespace

HotLoop find_hot_loop(std::string_view assembly, const target::TargetSpec& target) {
  const std::vector<Line> lines = lines_of(assembly, target);
  const std::vector<Range> loops = loops_of(lines);
  if (loops.empty()) return summarize(lines, {0, lines.size()}, loops);
  HotLoop best;
  double most = -1;
  for (const Range& range : loops) {
    HotLoop loop = summarize(lines, range, loops);
    const double work = (1 + loop.flops) * std::pow(kIterations, depth_of(range, loops));
    if (work > most) most = work, best = std::move(loop);
  }
  return best;
}

}  // namespace tilewright::cpu
