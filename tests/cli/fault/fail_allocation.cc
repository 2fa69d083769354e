// The program with an allocator that fails when it is told to.
//
//   fail_allocation --count tilewright VERB …       says on standard error how many allocations the verb makes
//   fail_allocation --only K tilewright VERB …      allocation K fails, and no other
//   fail_allocation --from K tilewright VERB …      allocation K and all after it fail
//   fail_allocation --fork EVERY tilewright VERB …  at every EVERY-th allocation a child goes on in which it fails;
//   says how the
//                                                   children ended: "allocations 1234 children 56 exit 0: 1 exit 6:
//                                                   55". For verbs that start no process of their own, on one core: one
//                                                   thread.

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <string>

int tilewright_main(int argc, char** argv);  // src/cli/tilewright_main.cc

namespace {

enum class Mode { count, only, from, fork };

Mode mode = Mode::count;
long number = 0;
bool armed = false;  // between the start and the end of the verb
std::atomic<long> allocations = 0;
long children = 0;
int endings[512] = {};  // by exit code, from 256 on by signal

/// Goes on in a child whose allocation fails. False in the parent, when it has ended.
bool fail_in_child() {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    armed = false;
    const bool silent =
        std::freopen("/dev/null", "w", stdout) != nullptr && std::freopen("/dev/null", "w", stderr) != nullptr;
    return silent;
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ++children;
  ++endings[WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status)];
  return false;
}

bool fails() {
  if (!armed) return false;
  const long at = ++allocations;
  switch (mode) {
    case Mode::count:
      return false;
    case Mode::only:
      return at == number;
    case Mode::from:
      return at >= number;
    case Mode::fork:
      return at % number == 0 && fail_in_child();
  }
  return false;
}

void* allocate(std::size_t bytes, std::size_t alignment = 1) {
  void* memory = nullptr;
  alignment = std::max(alignment, alignof(std::max_align_t));
  const bool failed = fails() || ::posix_memalign(&memory, alignment, bytes > 0 ? bytes : 1) != 0;
  return failed ? nullptr : memory;
}

/// Asks the new handler once; it does not return.
void* or_throw(void* memory) {
  if (memory != nullptr) return memory;
  if (const std::new_handler handler = std::get_new_handler()) handler();
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return or_throw(allocate(bytes)); }
void* operator new[](std::size_t bytes) { return or_throw(allocate(bytes)); }
void* operator new(std::size_t bytes, std::align_val_t a) {
  return or_throw(allocate(bytes, static_cast<std::size_t>(a)));
}
void* operator new[](std::size_t bytes, std::align_val_t a) {
  return or_throw(allocate(bytes, static_cast<std::size_t>(a)));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return allocate(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

/// What tensors and arenas are made with (src/runtime/cpu/memory.cc).
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return allocate(bytes, alignment); }

int main(int argc, char** argv) {
  const std::map<std::string, Mode> modes{
      {"--count", Mode::count}, {"--only", Mode::only}, {"--from", Mode::from}, {"--fork", Mode::fork}};
  const auto chosen = modes.find(argc > 1 ? argv[1] : "");
  const int skipped = chosen != modes.end() && chosen->second == Mode::count ? 2 : 3;
  if (chosen == modes.end() || argc <= skipped) {
    std::fputs("usage: fail_allocation --count | --only K | --from K | --fork EVERY  tilewright VERB ...\n", stderr);
    return 2;
  }
  mode = chosen->second;
  if (skipped == 3) number = std::atol(argv[2]);
  armed = true;
  const int code = tilewright_main(argc - skipped, argv + skipped);
  armed = false;
  if (mode == Mode::count || mode == Mode::fork) {
    std::string report = fmt::format("allocations {} children {}", allocations.load(), children);
    for (int i = 0; i < 512; ++i)
      if (endings[i] > 0) report += fmt::format(" {} {}: {}", i < 256 ? "exit" : "signal", i % 256, endings[i]);
    std::fprintf(stderr, "%s\n", report.c_str());
  }
  return code;
}
