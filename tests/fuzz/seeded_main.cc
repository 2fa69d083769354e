// A target run without libFuzzer: its seeds and the corpus, then seeds changed at random.
//
//   fuzz_NAME [--runs N] [--seed S] [--corpus DIR]   a run is decided by S alone
//   fuzz_NAME FILE…                                  these inputs only
//   fuzz_NAME --write-seeds DIR                      the seeds as files, to start libFuzzer from
//
// An input that crashes, escapes by an exception or takes longer than kMostSeconds is left in the file
// fuzz_NAME.failed, and the exit code is not zero.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "base/pass_manager.h"
#include "mutate_bytes.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

constexpr unsigned kMostSeconds = 20;  ///< for one input

const std::string* current = nullptr;  // what a signal handler may read
std::string failed_path;

void keep_input(int signal) {
  if (current) {
    const int file = ::open(failed_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const bool kept = file >= 0 && ::write(file, current->data(), current->size()) >= 0;
    const std::string_view text = kept ? "failed; the input is in " : "failed; the input could not be kept in ";
    [[maybe_unused]] auto n = ::write(STDERR_FILENO, text.data(), text.size());
    n = ::write(STDERR_FILENO, failed_path.data(), failed_path.size());
    n = ::write(STDERR_FILENO, "\n", 1);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void run(const std::string& input) {
  current = &input;
  ::alarm(kMostSeconds);
  test_one_input(input);
  ::alarm(0);
  current = nullptr;
}

std::vector<std::string> read_files(const std::filesystem::path& folder) {
  std::vector<std::string> inputs;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) inputs.push_back(read_file(entry.path()));
  return inputs;
}

void run_mutations(const std::vector<std::string>& inputs, std::int64_t runs, std::uint64_t seed) {
  Rng rng(seed);
  for (std::int64_t i = 0; i < runs; ++i) {
    std::string input = inputs[static_cast<std::size_t>(rng.below(std::ssize(inputs)))];
    for (std::int64_t changes = rng.between(1, 4); changes > 0; --changes) {
      if (rng.chance(0.6))
        mutate_form(input, rng);
      else if (rng.chance(0.2))
        mutate_lengths(input, rng);
      else
        mutate_bytes(input, inputs, rng);
    }
    if (input.size() <= kMostBytes) run(input);
  }
}

void write_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& seed : seeds()) write_file(folder / fmt::format("seed-{:04}", number++), seed);
}

int main(int argc, char** argv) {
  std::int64_t runs = 20000;
  std::uint64_t seed = 1;
  std::vector<std::string> inputs = seeds();
  bool files = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (flag == "--runs") {
      runs = std::atoll(value), ++i;
    } else if (flag == "--seed") {
      seed = static_cast<std::uint64_t>(std::atoll(value)), ++i;
    } else if (flag == "--corpus") {
      for (std::string& input : read_files(value)) inputs.push_back(std::move(input));
      ++i;
    } else if (flag == "--write-seeds") {
      return write_seeds(value), 0;
    } else {
      run(read_file(argv[i]));
      files = true;
    }
  }
  if (files) return 0;
  for (const std::string& input : inputs) run(input);
  run_mutations(inputs, runs, seed);
  fmt::print("{} inputs, then {} changed ones of seed {}\n", inputs.size(), runs, seed);
  return 0;
}

}  // namespace
}  // namespace tilewright::fuzz

int main(int argc, char** argv) {
  tilewright::fuzz::failed_path = std::string(argv[0]) + ".failed";
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    std::signal(signal, tilewright::fuzz::keep_input);
  tilewright::passes::verify_each(true);
  return tilewright::fuzz::main(argc, argv);
}
