#include "cost/ansor/features.h"

#include <algorithm>
#include <cmath>

#include "cost/ansor/accesses.h"
#include "cost/ansor/operations.h"
#include "cost/ansor/statements.h"

namespace tilewright::cost::ansor {
namespace {

using schedule::Annotation;

constexpr double kLineBytes = 64;
constexpr std::size_t kBuffers = 5, kCurve = 10;
constexpr double kNoReuse = 2;  ///< what Ansor multiplies by where it would divide by the reuses

/// Position of each group, and of what is within.
enum Position : std::size_t {
  kVectorized = 16,
  kUnrolled = 27,
  kParallel = 38,
  kIsGpu = 49,
  kAccesses = 57,
  kIntensity = kAccesses + kBuffers * 18,
  kAllocation = kIntensity + kCurve,
  kScope = kAllocation + 4,
};

float slog(double x) { return static_cast<float>(std::log2(x + 1)); }

struct Annotated {
  double number = 0, product = 0, length = 0;
};

struct Reuse {
  enum Kind { loop_read, serial, none } kind = none;
  double iterations = 0, bytes = 0, count = 0;
};

struct AccessFeatures {
  const BufferAccess* access;
  double bytes, unique_bytes, lines, unique_lines, stride;
  Reuse reuse;
};

/// What is gathered for one buffer.
struct BufferFeatures {
  loop::BufferId buffer;
  int stage;
  std::array<double, kOperationKinds> operations{};
  Annotated vectorized, unrolled, parallel;
  std::array<float, kBuffers * 18> accesses{};
  std::array<double, kCurve> intensity{};
  double outer = 1, loops = 0, unroll_step = 0;
};

class Extractor {
 public:
  Extractor(const schedule::State& state, const loop::Bounds& bounds)
      : state_(state),
        bounds_(bounds),
        all_(statements_of(state, bounds)),
        chain_(bounds),
        reader_(state, bounds),
        counter_(bounds.program),
        first_touch_(all_.loops.size(), -1) {}

  std::vector<Row> run() {
    for (const Statement& statement : all_.statements) visit(statement);
    std::vector<Row> rows;
    for (const BufferFeatures& b : buffers_) rows.push_back(row_of(b));
    return rows;
  }

 private:
  /// One buffer that a statement touches in one run of a loop; entries of a loop form a list.
  struct Touch {
    loop::BufferId buffer;
    double elements, element_bytes;
    int next;
  };

  double element_bytes(loop::BufferId buffer) const { return bytes_of(bounds_.program.buffer(buffer).type); }

  BufferFeatures& features_of(const Statement& statement) {
    const loop::BufferId buffer = bounds_.stages[static_cast<std::size_t>(statement.stage)].buffer;
    for (BufferFeatures& b : buffers_)
      if (b.buffer == buffer) return b;
    buffers_.push_back({.buffer = buffer, .stage = statement.stage});
    return buffers_.back();
  }

  void visit(const Statement& statement) {
    chain_.enter(all_, statement.loop);
    outer_ = 1;
    for (int d = 0; d < chain_.size(); ++d) outer_ *= static_cast<double>(chain_.extent(d));
    BufferFeatures& out = features_of(statement);
    const OperationCount& operations = counter_.count(statement.value);
    for (std::size_t i = 0; i < out.operations.size(); ++i) out.operations[i] += outer_ * operations.of[i];
    annotate(Annotation::vectorize, out.vectorized);
    annotate(Annotation::unroll, out.unrolled);
    annotate(Annotation::parallel, out.parallel);
    const std::span<const BufferAccess> accesses = reader_.read(statement, chain_);
    touch(accesses);
    put_accesses(accesses, out);
    put_intensity(accesses, operations.floats(), out);
    out.outer = outer_, out.loops = chain_.size(), out.unroll_step = statement.unroll_step;
  }

  /// Of the last store; a product without a loop keeps what an earlier store left, as in Ansor.
  void annotate(Annotation annotation, Annotated& out) const {
    double product = 1;
    out.number = out.length = 0;
    for (int d = 0; d < chain_.size(); ++d) {
      if (chain_.loop(d).annotation != annotation) continue;
      out.number += 1, out.length = static_cast<double>(chain_.extent(d));
      product *= out.length;
    }
    if (out.number > 0) out.product = product;
  }

  void touch(std::span<const BufferAccess> accesses) {
    for (int d = 0; d < chain_.size(); ++d)
      for (const BufferAccess& a : accesses) {
        int& first = first_touch_[static_cast<std::size_t>(chain_.id(d))];
        touches_.push_back({a.buffer, a.touched[static_cast<std::size_t>(d)], element_bytes(a.buffer), first});
        first = static_cast<int>(touches_.size()) - 1;
      }
  }

  /// Calls f on everything touched in the loop at a depth so far, the latest first.
  template <class F>
  void for_touches(int depth, const F& f) const {
    for (int t = first_touch_[static_cast<std::size_t>(chain_.id(depth))]; t >= 0;
         t = touches_[static_cast<std::size_t>(t)].next)
      f(touches_[static_cast<std::size_t>(t)]);
  }

  Reuse reuse_of(const BufferAccess& access) const {
    Reuse reuse;
    double iterations = 1, bytes = -1;
    for (int d = chain_.size(); d-- > 0;) {
      const auto extent = static_cast<double>(chain_.extent(d));
      if (!access.depends_on(d)) {
        if (bytes < 0) {
          bytes = 0;
          for_touches(d, [&](const Touch& t) { bytes += t.element_bytes; });
        }
        return {Reuse::loop_read, iterations, bytes, extent};
      }
      iterations *= extent;
      bytes = 0;
      double times = -1, least = HUGE_VAL;
      for_touches(d, [&](const Touch& t) {
        bytes += t.elements * t.element_bytes;
        if (t.buffer == access.buffer) times += 1, least = std::min(least, t.elements);
      });
      if (times > 0) return {Reuse::serial, least / extent, bytes / extent, times};
    }
    return {};
  }

  AccessFeatures measure(const BufferAccess& access) const {
    const double bytes = element_bytes(access.buffer);
    AccessFeatures f{&access, outer_ * bytes, bytes, 1, 1, 0, reuse_of(access)};
    if (chain_.size() == 0) return f;
    double elements = 0;
    for_touches(0, [&](const Touch& t) {
      if (t.buffer == access.buffer) elements = t.elements;  // the first recorded comes last
    });
    f.unique_bytes = elements * bytes;
    double repeated = 1;
    int d = chain_.size() - 1;
    for (; d >= 0 && access.strides[static_cast<std::size_t>(d)] == 0; --d)
      repeated *= static_cast<double>(chain_.extent(chain_.size() - 1));
    const double stride = d >= 0 ? access.strides[static_cast<std::size_t>(d)] : 0;
    f.lines = std::max(1.0, outer_ / repeated * std::min(1.0, stride * bytes / kLineBytes));
    f.stride = d == chain_.size() - 1 ? stride : 0;
    double contiguous = bytes;
    const auto& shape = reader_.shape_of(access.buffer);
    for (std::size_t i = shape.size(); i-- > 0;)
      if (access.region[i] == static_cast<double>(shape[i])) {
        contiguous *= access.region[i];
        break;
      }
    f.unique_lines = std::max(1.0, f.unique_bytes / std::min(contiguous, kLineBytes));
    return f;
  }

  void put_accesses(std::span<const BufferAccess> accesses, BufferFeatures& out) {
    measured_.clear();
    for (const BufferAccess& a : accesses) measured_.push_back(measure(a));
    std::stable_sort(measured_.begin(), measured_.end(), [](const AccessFeatures& a, const AccessFeatures& b) {
      return a.lines != b.lines ? a.lines > b.lines : a.bytes > b.bytes;
    });
    out.accesses.fill(0);
    for (std::size_t i = 0; i < std::min(kBuffers, measured_.size()); ++i) {
      const AccessFeatures& f = measured_[i];
      float* at = out.accesses.data() + 18 * i;
      const double count = f.reuse.count > 0.5 ? f.reuse.count : 1 / kNoReuse;
      at[f.access->reads && f.access->writes ? 2 : f.access->writes ? 1 : 0] = 1;
      at[3] = slog(f.bytes), at[4] = slog(f.unique_bytes), at[5] = slog(f.lines), at[6] = slog(f.unique_lines);
      at[7 + f.reuse.kind] = 1;
      at[10] = slog(f.reuse.iterations), at[11] = slog(f.reuse.bytes), at[12] = slog(f.reuse.count);
      at[13] = slog(f.bytes / count), at[14] = slog(f.unique_bytes / count);
      at[15] = slog(f.lines / count), at[16] = slog(f.unique_lines / count), at[17] = slog(f.stride);
    }
  }

  /// Operations per byte touched, sampled at tenths of all operations.
  void put_intensity(std::span<const BufferAccess> accesses, double operations, BufferFeatures& out) const {
    out.intensity.fill(0);
    const int n = chain_.size();
    if (operations <= 0 || n == 0) return;
    std::vector<std::pair<double, double>> points;  // operations, operations per byte; from the innermost loop
    for (int d = n; d-- > 0;) {
      double bytes = 0;
      for (const BufferAccess& a : accesses) bytes += a.touched[static_cast<std::size_t>(d)] * element_bytes(a.buffer);
      operations *= static_cast<double>(chain_.extent(d));
      points.emplace_back(operations, operations / bytes);
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < kCurve; ++i) {
      const double wanted = operations * static_cast<double>(i + 1) / kCurve;
      while (at + 1 < points.size() && points[at].first < wanted - 1e-4) ++at;
      out.intensity[i] = points[at].second;
      if (at == 0) continue;
      const auto [before, base] = points[at - 1];
      out.intensity[i] = base + (points[at].second - base) / (points[at].first - before) * (wanted - before);
    }
  }

  static void put_annotated(const Annotated& a, float* at) {
    constexpr int kNone = 0, kMixed = 7;
    at[0] = slog(a.number), at[1] = slog(a.product), at[2] = slog(a.length);
    at[3 + (a.number > 0 ? kMixed : kNone)] = 1;
  }

  Row row_of(const BufferFeatures& b) const {
    Row row{b.buffer, {}};
    auto& v = row.values;
    for (std::size_t i = 0; i < b.operations.size(); ++i) v[i] = slog(b.operations[i]);
    put_annotated(b.vectorized, v.data() + kVectorized);
    put_annotated(b.unrolled, v.data() + kUnrolled);
    put_annotated(b.parallel, v.data() + kParallel);
    std::fill(v.begin() + kIsGpu + 1, v.begin() + kAccesses, slog(1));  // lengths of a GPU's dimensions
    std::copy(b.accesses.begin(), b.accesses.end(), v.begin() + kAccesses);
    for (std::size_t i = 0; i < kCurve; ++i) v[kIntensity + i] = slog(b.intensity[i]);
    const double outside = all_.allocated_in[static_cast<std::size_t>(b.stage)];
    const loop::Buffer& buffer = bounds_.program.buffer(b.buffer);
    const auto elements = static_cast<double>(buffer.elements());
    v[kAllocation] = slog(elements * bytes_of(buffer.type)), v[kAllocation + 1] = slog(elements * outside);
    v[kAllocation + 2] = slog(outside), v[kAllocation + 3] = slog(b.outer / outside);
    v[kScope] = slog(b.outer), v[kScope + 1] = slog(b.loops), v[kScope + 2] = slog(b.unroll_step);
    return row;
  }

  const schedule::State& state_;
  const loop::Bounds& bounds_;
  Statements all_;
  Chain chain_;
  AccessReader reader_;
  OperationCounter counter_;
  double outer_ = 1;  ///< iterations of the loops around the statement at hand
  std::vector<BufferFeatures> buffers_;
  std::vector<Touch> touches_;
  std::vector<int> first_touch_;  ///< per loop: its latest touch
  std::vector<AccessFeatures> measured_;
};

}  // namespace

std::vector<Row> features(const schedule::State& state, const loop::Bounds& bounds) {
  return Extractor(state, bounds).run();
}

}  // namespace tilewright::cost::ansor
