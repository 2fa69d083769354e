#include "runtime/model/check_plan.h"

#include <cmath>
#include <limits>
#include <set>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/integer.h"

namespace tilewright::runtime {
namespace {

using Place = BufferRef::Place;

constexpr std::int64_t kAlignment = 64;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 47;  ///< of the address space of a process

template <class... Args>
void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw InternalError(fmt::format(format, std::forward<Args>(args)...));
}

void check_ports(const std::vector<Port>& ports) {
  std::set<std::string_view> names;
  for (const Port& port : ports) {
    require(names.insert(port.name).second, "two inputs or two outputs are named '{}'", port.name);
    checked_bytes(port.type, port.shape);
  }
}

/// Bytes of a whole buffer; of one in the arena or within an input or output, all to its end.
std::int64_t bytes_at(const ModelPlan& plan, const BufferRef& ref) {
  const auto at = [&](const auto& list) -> const auto& {
    require(ref.position >= 0 && ref.position < std::ssize(list), "a buffer refers to position {} of {}", ref.position,
            list.size());
    return list[static_cast<std::size_t>(ref.position)];
  };
  const auto bytes_of_port = [&](const Port& port) { return checked_bytes(port.type, port.shape); };
  const auto rest_of = [&](std::int64_t bytes) {
    require(ref.offset >= 0 && ref.offset <= bytes && ref.offset % kAlignment == 0,
            "a buffer is at byte {} of an input or output of {}", ref.offset, bytes);
    return bytes - ref.offset;
  };
  switch (ref.place) {
    case Place::arena:
      require(ref.position >= 0 && ref.position <= plan.arena_bytes && ref.position % kAlignment == 0,
              "a buffer is at byte {} of an arena of {}", ref.position, plan.arena_bytes);
      return plan.arena_bytes - ref.position;
    case Place::constant:
      return at(plan.constants).bytes();
    case Place::input:
      return rest_of(bytes_of_port(at(plan.inputs)));
    case Place::output:
      return rest_of(bytes_of_port(at(plan.outputs)));
  }
  throw InternalError("a buffer is nowhere");
}

/// A buffer that `bytes` are read from or written to.
void check_buffer(const ModelPlan& plan, const BufferRef& ref, std::int64_t bytes) {
  const std::int64_t present = bytes_at(plan, ref);
  require(ref.place != Place::constant ? bytes <= present : bytes == present && ref.offset == 0,
          "{} bytes are used of a buffer of {}", bytes, present);
}

bool overlap(const BufferRef& a, std::int64_t a_bytes, const BufferRef& b, std::int64_t b_bytes) {
  if (a.place != b.place) return false;
  if (a.place != Place::arena && a.position != b.position) return false;
  if (a.place == Place::input || a.place == Place::constant) return true;
  const auto begin = [](const BufferRef& ref) { return ref.place == Place::arena ? ref.position : ref.offset; };
  return begin(a) < begin(b) + b_bytes && begin(b) < begin(a) + a_bytes;
}

void check_copy(const ModelPlan& plan, const OutputCopy& copy) {
  const BufferRef to{Place::output, copy.output};
  const std::int64_t bytes = bytes_at(plan, to);
  check_buffer(plan, copy.from, bytes);
  require(!overlap(copy.from, bytes, to, bytes), "output {} is copied to itself", copy.output);
}

void check_call(const ModelPlan& plan, const KernelCall& call, std::span<const std::int64_t> buffer_bytes) {
  require(call.buffers.size() == buffer_bytes.size() && !buffer_bytes.empty(), "{} takes {} buffers and is given {}",
          call.symbol, buffer_bytes.size(), call.buffers.size());
  const BufferRef& result = call.buffers.back();
  require(result.place == Place::arena || result.place == Place::output, "{} writes to what is only read", call.symbol);
  for (std::size_t i = 0; i < buffer_bytes.size(); ++i) {
    require(buffer_bytes[i] >= 0 && buffer_bytes[i] <= kMostBytes, "{} takes a buffer of {} bytes", call.symbol,
            buffer_bytes[i]);
    check_buffer(plan, call.buffers[i], buffer_bytes[i]);
    require(i + 1 == buffer_bytes.size() || !overlap(call.buffers[i], buffer_bytes[i], result, buffer_bytes.back()),
            "{} writes over what it reads", call.symbol);
  }
}

}  // namespace

std::int64_t checked_bytes(DType type, const std::vector<std::int64_t>& shape) {
  std::int64_t bytes = bytes_of(type);
  bool is_empty = false;
  for (const std::int64_t extent : shape) {
    require(extent >= 0 && extent <= kMostBytes, "a tensor has a dimension of {}", extent);
    is_empty = is_empty || extent == 0;
    require(is_empty || bytes <= kMostBytes / extent, "a tensor has more than {} bytes", kMostBytes);
    if (!is_empty) bytes *= extent;
  }
  return is_empty ? 0 : bytes;
}

void check_plan(const ModelPlan& plan) {
  require(plan.arena_bytes >= 0 && plan.arena_bytes <= kMostBytes, "the arena has {} bytes", plan.arena_bytes);
  require(std::isfinite(plan.flops) && plan.flops >= 0, "a run has {} FLOPs", plan.flops);
  check_ports(plan.inputs);
  check_ports(plan.outputs);
  std::vector<bool> is_computed(plan.outputs.size(), false);
  const auto compute = [&](const BufferRef& ref) {
    bytes_at(plan, ref);
    if (ref.place == Place::output) is_computed[static_cast<std::size_t>(ref.position)] = true;
  };
  for (const KernelCall& call : plan.calls)
    if (!call.buffers.empty()) compute(call.buffers.back());
  for (const OutputCopy& copy : plan.copies) {
    check_copy(plan, copy);
    compute({Place::output, copy.output});
  }
  for (std::size_t i = 0; i < plan.outputs.size(); ++i)
    require(is_computed[i], "nothing computes output '{}'", plan.outputs[i].name);
}

void check_calls(const ModelPlan& plan, std::span<const std::span<const std::int64_t>> buffer_bytes) {
  std::int64_t in_arena = 0;
  std::vector<std::int64_t> written(plan.outputs.size(), 0);  // bytes of each output
  for (std::size_t c = 0; c < plan.calls.size(); ++c) {
    check_call(plan, plan.calls[c], buffer_bytes[c]);
    if (plan.calls[c].buffers.back().place == Place::arena)
      in_arena += round_up(buffer_bytes[c].back(), kAlignment) + kAlignment;
    else
      written[static_cast<std::size_t>(plan.calls[c].buffers.back().position)] += buffer_bytes[c].back();
  }
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::int64_t bytes = checked_bytes(plan.outputs[i].type, plan.outputs[i].shape);
    require(written[i] == 0 || written[i] == bytes, "kernels write {} of the {} bytes of output '{}'", written[i],
            bytes, plan.outputs[i].name);
  }
  require(plan.arena_bytes <= in_arena, "the arena has {} bytes, of which at most {} are used", plan.arena_bytes,
          in_arena);
}

}  // namespace tilewright::runtime
