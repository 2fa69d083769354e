#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/tuner/options.h"

namespace tilewright::lab {

/// One way to search: what differs from the default options.
struct Variant {
  std::string name;
  std::string sketch = "uniform", mutation = "fixed", model;  ///< model empty: the default one
  std::string preset = "default";                             ///< or "ansor"
  bool trained = false;                                       ///< policies start from what was learned offline
  bool descent = true;
};

/// What is to be compared on what. The first variant is the baseline.
struct Suite {
  std::string name;
  int trials = 150;
  int seeds = 5;
  std::vector<std::string> spaces{"full"}, inputs;  ///< workloads or ONNX files
  std::vector<Variant> variants;
};

/// A suite's text: one `key value…` a line, `#` begins a comment.
///
///     trials 150
///     seeds 5
///     spaces ansor full
///     input c2d_0                                      # as many as you like
///     variant both sketch=q-learning mutation=learned  # likewise; also model=, preset=, trained=on, descent=off
///
/// Errors: Error(bad_input) naming `name`, the line, and what is known. Names of policies and workloads are checked
/// where they are used.
Suite parse_suite(const std::string& name, std::string_view text);

/// A suite of this program by its name, or the file that `name_or_path` is. Errors: Error(usage) that names the known
/// ones; those of parse_suite.
Suite find_suite(const std::string& name_or_path);
std::vector<std::string> known_suites();

/// The options that a variant searches with.
search::TuneOptions options_of(const Suite& suite, const Variant& variant, const std::string& space,
                               std::uint64_t seed);

}  // namespace tilewright::lab
