#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <span>

namespace tilewright::cli {

/// The flags that every verb has.
struct Common {
  bool json = false;  ///< one JSON object on standard output, nothing else
  int threads = 0;    ///< 0: all available cores
  std::uint64_t seed = 0;
  int verbosity = 0;  ///< -1 quiet: nothing but errors is printed, and the object of `json`; 0 normal, 1 verbose
};

/// What a verb does once its flags are parsed; returns the exit code. Errors are thrown.
using Action = std::function<int(const Common&)>;

struct Verb {
  const char* name;
  const char* summary;
  const char* example;
  Action (*declare)(CLI::App& command);  ///< adds the verb's own arguments and flags
};

/// Every verb, in the order in which help lists them. Adding a verb is adding a file and a line.
std::span<const Verb> verbs();

Action declare_machine(CLI::App& command);
Action declare_workloads(CLI::App& command);
Action declare_check(CLI::App& command);
Action declare_tasks(CLI::App& command);
Action declare_sketches(CLI::App& command);
Action declare_sample(CLI::App& command);
Action declare_tune(CLI::App& command);
Action declare_compile(CLI::App& command);
Action declare_run(CLI::App& command);
Action declare_bench(CLI::App& command);
Action declare_explain(CLI::App& command);
Action declare_records(CLI::App& command);
Action declare_lab(CLI::App& command);
Action declare_doctor(CLI::App& command);

}  // namespace tilewright::cli
