// Loop programs as text: what is read is looked at by the verifier, and printed as it is read again.
#include "base/error.h"
#include "loop/program.h"
#include "mutate_bytes.h"
#include "mutate_text.h"
#include "support/pass_files.h"
#include "target.h"

namespace tilewright::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> texts = support::pass_programs(TW_TESTS "/loop/passes");
  for (std::string& text : support::pass_programs(TW_TESTS "/backend/cpu/passes")) texts.push_back(std::move(text));
  return texts;
}

void test_one_input(std::string_view input) {
  const Result<loop::Program> program = loop::parse(input);
  if (!program) {
    TW_CHECK(program.message().starts_with("line "), "{} names no line", program.message());
    return;
  }
  if (const Status valid = loop::verify(*program); !valid) TW_CHECK(!valid.message().empty());
  const std::string printed = loop::to_text(*program);
  const Result<loop::Program> again = loop::parse(printed);
  TW_CHECK(static_cast<bool>(again) && loop::to_text(*again) == printed, "{} is not read back", printed);
}

void mutate_form(std::string& input, Rng& rng) { mutate_text(input, rng); }

}  // namespace tilewright::fuzz
