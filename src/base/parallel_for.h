#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tilewright {

/// Calls body(i) for i = 0 … n - 1 on up to `threads` threads, the caller's among them; returns when all are done.
/// Items are handed out one at a time, so uneven ones balance. The first exception is rethrown and ends the rest. The
/// threads are gone afterwards: none is left spinning beside a measurement. Where the system gives fewer threads, fewer
/// work.
template <class Body>
void parallel_for(int n, int threads, const Body& body) {
  std::atomic<int> next{0};
  std::exception_ptr error;
  std::mutex error_mutex;
  auto work = [&] {
    try {
      for (int i = next++; i < n; i = next++) body(i);
    } catch (...) {
      const std::lock_guard lock(error_mutex);
      if (!error) error = std::current_exception();
      next = n;
    }
  };
  std::vector<std::jthread> helpers;
  try {
    for (int t = 1; t < std::min(threads, n); ++t) helpers.emplace_back(work);
  } catch (const std::exception&) {  // the system gives no more threads, or no memory for one: fewer do the same
  }
  work();
  helpers.clear();  // joins
  if (error) std::rethrow_exception(error);
}

}  // namespace tilewright
