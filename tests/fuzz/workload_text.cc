// Workload texts: workload::parse, and what goes back to text.
#include <algorithm>

#include "base/error.h"
#include "mutate_bytes.h"
#include "target.h"
#include "te/flops.h"
#include "workload/workload.h"

namespace tilewright::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> texts;
  for (const auto& named : workload::named_workloads()) {
    texts.emplace_back(named.name);
    texts.emplace_back(named.spec);
  }
  return texts;
}

void test_one_input(std::string_view input) {
  workload::looks_like_workload(input);
  try {
    const workload::Workload parsed = workload::parse(input);
    const workload::Workload again = workload::parse(parsed.spec);
    TW_CHECK(again.spec == parsed.spec && structural_hash(*again.dag) == structural_hash(*parsed.dag),
             "{} is not canonical", parsed.spec);
    TW_CHECK(te::flop_count(*parsed.dag) >= 0, "{} has negative FLOPs", parsed.spec);
  } catch (const Error&) {
  }
}

/// Another number behind one of the equals signs, or another operator before the colon.
void mutate_form(std::string& input, Rng& rng) {
  const std::size_t equals = input.find('=', static_cast<std::size_t>(rng.below(std::ssize(input) + 1)));
  if (equals != std::string::npos) {
    const std::size_t end = std::min(input.find(',', equals), input.size());
    const std::int64_t number = rng.chance(0.5) ? rng.between(1, 64) : awkward_number(rng);
    input.replace(equals + 1, end - equals - 1, std::to_string(number));
    return;
  }
  const auto usages = workload::operator_usages();
  const std::string& usage = usages[static_cast<std::size_t>(rng.below(std::ssize(usages)))];
  const std::size_t colon = std::min(input.find(':'), input.size());
  input.replace(0, colon, usage.substr(0, usage.find(':')));
}

}  // namespace tilewright::fuzz
