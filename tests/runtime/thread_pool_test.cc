#include "runtime/cpu/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/rng.h"
#include "support/no_threads.h"

namespace tilewright::runtime {
namespace {

/// Runs `body(begin, end)` as a parallel loop.
template <class Body>
std::int32_t parallel_for(const tw_runtime* runtime, std::int64_t extent, Body body) {
  const auto call = [](void* closure, std::int64_t begin, std::int64_t end) -> std::int32_t {
    return (*static_cast<Body*>(closure))(begin, end);
  };
  return runtime->parallel_for(runtime->self, call, &body, extent);
}

ThreadPool::Options pool_of(int threads, int spin_us = 50) {
  return {.threads = threads, .pin = true, .spin_us = spin_us};
}

TEST(ThreadPool, RunsEveryIterationOnce) {
  for (const int threads : {1, 2, 3, 7}) {
    ThreadPool pool(pool_of(threads));
    ASSERT_EQ(pool.threads(), threads);
    for (const std::int64_t extent : {0, 1, 2, 3, 6, 7, 8, 100}) {
      std::vector<int> runs(static_cast<std::size_t>(extent), 0);
      EXPECT_EQ(parallel_for(pool.runtime(), extent,
                             [&](std::int64_t begin, std::int64_t end) {
                               for (std::int64_t i = begin; i < end; ++i) ++runs[static_cast<std::size_t>(i)];
                               return 0;
                             }),
                0);
      EXPECT_EQ(runs, std::vector<int>(static_cast<std::size_t>(extent), 1)) << threads << " threads";
    }
  }
}

TEST(ThreadPool, CutsOneContiguousChunkPerThreadOfNearlyEqualLength) {
  ThreadPool pool(pool_of(4));
  std::atomic<int> chunks = 0;
  parallel_for(pool.runtime(), 10, [&](std::int64_t begin, std::int64_t end) {
    ++chunks;
    return end - begin == 2 || end - begin == 3 ? 0 : 1;
  });
  EXPECT_EQ(chunks, 4);
}

TEST(ThreadPool, GivesEachThreadTheSameChunkEveryTime) {
  ThreadPool pool(pool_of(3));
  std::vector<std::thread::id> owner(3);
  for (int round = 0; round < 50; ++round) {
    parallel_for(pool.runtime(), 3, [&](std::int64_t begin, std::int64_t) {
      std::thread::id& id = owner[static_cast<std::size_t>(begin)];
      if (round == 0) id = std::this_thread::get_id();
      return id == std::this_thread::get_id() ? 0 : 1;
    });
  }
  EXPECT_EQ(owner[0], std::this_thread::get_id());
}

TEST(ThreadPool, MakesWritesVisibleFromLoopToLoop) {
  for (const int spin_us : {0, 2000}) {
    ThreadPool pool(pool_of(3, spin_us));
    std::vector<std::int64_t> values(300, 0);
    for (int round = 0; round < 300; ++round) {  // each iteration reads what another thread wrote in the loop before
      std::vector<std::int64_t> next(values.size());
      parallel_for(pool.runtime(), 300, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          next[static_cast<std::size_t>(i)] = values[static_cast<std::size_t>(299 - i)] + 1;
        return 0;
      });
      values = next;
    }
    EXPECT_EQ(values, std::vector<std::int64_t>(300, 300));
  }
}

TEST(ThreadPool, WakesThreadsThatWentToSleep) {
  ThreadPool pool(pool_of(2, 0));
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<std::int64_t> sum = 0;
    parallel_for(pool.runtime(), 2, [&](std::int64_t begin, std::int64_t end) {
      sum += end - begin;
      return 0;
    });
    EXPECT_EQ(sum, 2);
  }
}

TEST(ThreadPool, ReturnsTheFailureOfTheFirstChunkThatFails) {
  ThreadPool pool(pool_of(4));
  EXPECT_EQ(parallel_for(pool.runtime(), 4,
                         [](std::int64_t begin, std::int64_t) { return begin >= 2 ? static_cast<int>(begin) : 0; }),
            2);
  EXPECT_EQ(parallel_for(pool.runtime(), 4, [](std::int64_t begin, std::int64_t) { return begin == 0 ? 9 : 8; }), 9);
  EXPECT_EQ(parallel_for(pool.runtime(), 4, [](std::int64_t, std::int64_t) { return 0; }), 0);
}

TEST(ThreadPool, RunsANestedLoopInTheThreadThatMeetsIt) {
  ThreadPool pool(pool_of(3));
  std::atomic<int> inner = 0;
  const std::int32_t result = parallel_for(pool.runtime(), 3, [&](std::int64_t, std::int64_t) {
    const auto outer = std::this_thread::get_id();
    return parallel_for(pool.runtime(), 100, [&](std::int64_t begin, std::int64_t end) {
      inner += static_cast<int>(end - begin);
      return outer == std::this_thread::get_id() ? 0 : 1;
    });
  });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(inner, 300);
}

TEST(ThreadPool, ServesSeveralPoolsAndTheirCallersAtOnce) {
  std::vector<std::thread> callers;
  std::atomic<std::int64_t> total = 0;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      ThreadPool pool(pool_of(2));
      for (int round = 0; round < 100; ++round) {
        parallel_for(pool.runtime(), 10, [&](std::int64_t begin, std::int64_t end) {
          total += end - begin;
          return 0;
        });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(total, 3000);
}

TEST(Workspace, IsAlignedGrowsAndStays) {
  ThreadPool pool(pool_of(1));
  const tw_runtime* runtime = pool.runtime();
  for (const std::int64_t bytes : {0, 1, 100, 5000, 10 << 20}) {
    void* block = runtime->workspace(runtime->self, 0, bytes);
    ASSERT_NE(block, nullptr) << bytes;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U);
    std::memset(block, 1, static_cast<std::size_t>(bytes));
    EXPECT_EQ(runtime->workspace(runtime->self, 0, bytes / 2), block);
  }
}

TEST(Workspace, IsNullWhenThereIsNoMemory) {
  ThreadPool pool(pool_of(1));
  const tw_runtime* runtime = pool.runtime();
  EXPECT_EQ(runtime->workspace(runtime->self, 0, -1), nullptr);
  EXPECT_EQ(runtime->workspace(runtime->self, 0, std::int64_t{1} << 62), nullptr);
  EXPECT_EQ(runtime->workspace(runtime->self, 2, 64), nullptr);
  EXPECT_NE(runtime->workspace(runtime->self, 0, 64), nullptr) << "a refusal must not stick";
}

TEST(Workspace, OfSlotOneBelongsToOneThread) {
  ThreadPool pool(pool_of(3));
  const tw_runtime* runtime = pool.runtime();
  std::vector<void*> blocks(3);
  for (int round = 0; round < 2; ++round) {
    parallel_for(runtime, 3, [&](std::int64_t begin, std::int64_t) {
      void* block = runtime->workspace(runtime->self, 1, 1000);
      std::memset(block, static_cast<int>(begin), 1000);
      void*& before = blocks[static_cast<std::size_t>(begin)];
      const bool same = before == nullptr || before == block;
      before = block;
      return same ? 0 : 1;
    });
  }
  EXPECT_NE(blocks[0], blocks[1]);
  EXPECT_NE(blocks[1], blocks[2]);
  EXPECT_NE(blocks[0], blocks[2]);
  EXPECT_NE(runtime->workspace(runtime->self, 0, 1000), blocks[0]);
}

TEST(ThreadPool, SaysHowManyThreadsAreGrantedIfTooFew) {
  const support::NoThreads limit;
  try {
    ThreadPool pool({.threads = 5});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::usage);
    EXPECT_EQ(std::string(error.what()).find("cannot start 5 threads, only 1: "), 0U) << error.what();
  }
}

}  // namespace
}  // namespace tilewright::runtime
