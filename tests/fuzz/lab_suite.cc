// Suites of the lab: the reader, then the options that its variants stand for.
#include "base/error.h"
#include "base/utf8.h"
#include "lab/suite.h"
#include "mutate_bytes.h"
#include "target.h"

namespace tilewright::fuzz {

std::vector<std::string> seeds() {
  return {
      "trials 7 # few\n\nseeds 2\nspaces ansor full\ninput a\ninput b\nvariant one\n"
      "variant two sketch=bandit mutation=learned model=random trained=off descent=off preset=ansor\n",
      "input matmul:n=8,m=8,k=8\nvariant a\nvariant b trained=on descent=on preset=default\nspaces full,no-tails\n"};
}

void test_one_input(std::string_view input) {
  try {
    const lab::Suite suite = lab::parse_suite("fuzz", input);
    TW_CHECK(is_utf8(suite.inputs.front()) && suite.seeds >= 1 && suite.trials >= 1);
    for (const lab::Variant& variant : suite.variants)
      for (const std::string& space : suite.spaces)
        if (!variant.trained) lab::options_of(suite, variant, space, 1);
  } catch (const Error&) {
  }
}

/// Another number in place of one, or a line doubled.
void mutate_form(std::string& input, Rng& rng) {
  const std::size_t digit =
      input.find_first_of("0123456789", static_cast<std::size_t>(rng.below(std::ssize(input) + 1)));
  if (digit != std::string::npos && rng.chance(0.5)) {
    input.replace(digit, 1, std::to_string(awkward_number(rng)));
    return;
  }
  const std::size_t begin = input.find('\n', static_cast<std::size_t>(rng.below(std::ssize(input) + 1)));
  if (begin == std::string::npos) return;
  input.insert(begin, input.substr(begin, input.find('\n', begin + 1) - begin));
}

}  // namespace tilewright::fuzz
