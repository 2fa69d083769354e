#include "cost/learn/model_file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "cost/learned_model.h"

// The shipped model as bytes of this program.
asm(R"(
  .section .rodata
  .balign 16
tilewright_prior_begin:
  .incbin ")" TW_PRIOR_FILE R"("
tilewright_prior_end:
  .byte 0
  .text
)");
extern "C" {
extern const char tilewright_prior_begin[];
extern const char tilewright_prior_end[];
}

namespace tilewright::cost {
namespace {

using nlohmann::json;
constexpr const char* kFormat = "tilewright-cost-model";
constexpr LearnedCostModel::Kind kKind = LearnedCostModel::Kind::hybrid;

int expected_columns() { return columns_of(LearnedCostModel::columns(kKind)); }

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file && bytes.empty()) throw Error(Code::bad_input, "cannot read the cost model {}", path.string());
  return bytes;
}

}  // namespace

std::string to_model_file(const Ensemble& ensemble) {
  const json header = {{"format", kFormat},
                       {"version", kModelVersion},
                       {"kind", "hybrid"},
                       {"columns", expected_columns()},
                       {"trees", ensemble.trees()}};
  return header.dump() + "\n" + ensemble.to_bytes();
}

Ensemble from_model_file(std::span<const char> bytes, const std::string& source) {
  const auto line = std::find(bytes.begin(), bytes.end(), '\n');
  const json header = json::parse(bytes.begin(), line, nullptr, /*allow_exceptions=*/false);
  if (!header.is_object() || line == bytes.end() || header.value("format", json()) != kFormat)
    throw Error(Code::bad_input, "{} is not a cost model", source);
  if (const json& version = header["version"]; version != kModelVersion)
    throw Error(Code::bad_input,
                "the cost model {} is of version {}, this program reads version {}: train it again with "
                "scripts/train_cost_model",
                source, version.dump(), kModelVersion);
  if (header.value("kind", json()) != "hybrid" || header.value("columns", json()) != expected_columns())
    throw Error(Code::bad_input, "the cost model {} has {} columns of kind {}, this program has {} of kind \"hybrid\"",
                source, header.value("columns", json()).dump(), header.value("kind", json()).dump(),
                expected_columns());
  const auto rest = bytes.subspan(static_cast<std::size_t>(line - bytes.begin()) + 1);
  return Ensemble::from_bytes(rest, LearnedCostModel::learner_options(kKind, 0).trees, source);
}

Ensemble prior() {
  if (const char* path = std::getenv("TILEWRIGHT_COST_MODEL"); path != nullptr && *path != '\0')
    return from_model_file(read_file(path), path);
  return from_model_file({tilewright_prior_begin, tilewright_prior_end}, "that is built in");
}

}  // namespace tilewright::cost
