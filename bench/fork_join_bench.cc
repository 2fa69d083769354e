// How long a parallel loop takes that does nothing: what a kernel pays for each one.
#include <benchmark/benchmark.h>

#include "runtime/cpu/thread_pool.h"

namespace tilewright {
namespace {

void fork_join(benchmark::State& state) {
  const runtime::ThreadPool pool({});
  const tw_runtime* const runtime = pool.runtime();
  const auto nothing = [](void*, std::int64_t, std::int64_t) -> std::int32_t { return 0; };
  for (auto _ : state) runtime->parallel_for(runtime->self, nothing, nullptr, pool.threads());
  state.counters["threads"] = pool.threads();
}
BENCHMARK(fork_join)->UseRealTime();

}  // namespace
}  // namespace tilewright
