// Lines of record files: the reader, then what a record that is taken goes through: its steps are replayed on the DAG
// of its task and lowered.
#include <nlohmann/json.hpp>

#include "loop/lower.h"
#include "mutate_bytes.h"
#include "records/records.h"
#include "space/search_space.h"
#include "support/damaged_json.h"
#include "target.h"
#include "workload/workload.h"

namespace tilewright::fuzz {
namespace {

constexpr const char* kWorkloads[] = {
    "conv2d_bias_relu:h=14,ci=16,co=32,k=3,pad=1",
    "matmul:n=64,m=32,k=96",
    "softmax:m=16,n=64",
    "winograd_conv2d:h=14,ci=8,co=16,m=4",
    "norm:b=1,m=64,n=64",
    "transpose_batch_matmul_softmax:seq=16,heads=2,dim=8",
    "conv2d_transpose:h=4,ci=8,co=16,k=4,stride=2,pad=1",
};

/// The DAG whose text is the record's workload key; the first one for other keys.
te::DagRef dag_of(const std::string& key) {
  static const std::vector<te::DagRef> kDags = [] {
    std::vector<te::DagRef> dags;
    for (const char* text : kWorkloads) dags.push_back(workload::parse(text).dag);
    return dags;
  }();
  for (std::size_t i = 0; i < std::size(kWorkloads); ++i)
    if (key == kWorkloads[i]) return kDags[i];
  return kDags[0];
}

void use(const schedule::State& state) {
  TW_CHECK(!to_text(state).empty());
  if (!state.is_concrete()) return;
  const Result<loop::Program> program = loop::lower(state);
  if (!program) return;
  const Status valid = loop::verify(*program);
  TW_CHECK(static_cast<bool>(valid), "the program is not valid: {}", valid.message());
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> lines;
  Rng rng(7);
  for (const char* text : kWorkloads) {
    for (const bool ansor : {true, false}) {
      const space::SearchSpace space(dag_of(text), {}, ansor ? space::SpaceOptions::ansor() : space::SpaceOptions{});
      for (int sketch = 0; sketch < static_cast<int>(space.sketches().size()); ++sketch) {
        const auto state = space.sample(sketch, rng);
        if (!state) continue;
        task::Record record;
        record.workload_key = text;
        record.target = "cpu-0123456789abcdef";
        record.steps = state->steps();
        record.result.times_s = {1e-3, 2e-3};
        lines.push_back(ansor ? records::to_tvm_line(record) : records::to_line(record));
      }
    }
  }
  return lines;
}

void test_one_input(std::string_view input) {
  const Result<task::Record> record = records::from_line(input);
  if (!record) {
    TW_CHECK(!record.message().empty());
    return;
  }
  TW_CHECK(static_cast<bool>(records::from_line(records::to_line(*record))), "a record read is not readable");
  const Result<schedule::State> state = schedule::State::replay(dag_of(record->workload_key), record->steps);
  if (state)
    use(*state);
  else
    TW_CHECK(!state.message().empty());
}

void mutate_form(std::string& input, Rng& rng) {
  nlohmann::json line = nlohmann::json::parse(input, nullptr, /*allow_exceptions=*/false);
  const auto at = line.is_object() ? line.find("i") : line.end();
  if (line.is_discarded() || at == line.end()) return;
  nlohmann::json& steps = *at;
  const bool has_steps = steps.is_array() && steps.size() > 1 && steps[1].is_array() && steps[1].size() > 1;
  support::damage(has_steps && rng.chance(0.9) ? steps[1][1] : steps, rng);
  input = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace tilewright::fuzz
