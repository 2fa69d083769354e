#pragma once

#include <string>

#include "lab/results.h"

namespace tilewright::lab {

/// The order of a result file: variants as they first appear, the first being the baseline.
struct Layout {
  std::vector<std::string> inputs, spaces, variants;
};
Layout layout_of(const std::vector<Run>& runs);

/// Tables in Markdown: each variant against the baseline with intervals, what of that is more than chance, every input,
/// where the time went. Wins and losses alike. `command`: what it was made with.
std::string to_markdown(const Results& results, const std::string& command);

/// One page of HTML that needs nothing else: best so far against trials and time with bands over seeds, the share of
/// each sketch and of each mutation rule over the rounds, where the time went.
std::string to_page(const Results& results);

}  // namespace tilewright::lab
