#include "cost/learn/model_file.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json_text.h"
#include "cost/learn/learned_model.h"

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

std::string to_hex(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

constexpr const char* kFormat = "tilewright-cost-model";
constexpr std::size_t kMostHeaderBytes = 4096;
constexpr std::int64_t kMostModelBytes = 256 << 20;
constexpr LearnedCostModel::Kind kKind = LearnedCostModel::Kind::hybrid;

int expected_columns() { return columns_of(LearnedCostModel::columns(kKind)); }

std::string_view text_of(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

/// Whether the trees are those that were written: XGBoost's reader trusts every number in them.
void check_trees(const json& header, std::string_view trees, const std::string& source) {
  if (const json bytes = header.value("bytes", json()); bytes != trees.size())
    throw Error(Code::bad_input, "the cost model {} is cut off: it has {} bytes of trees instead of {}", source,
                trees.size(), bytes.dump());
  if (header.value("hash", json()) != to_hex(hash_bytes(trees)))
    throw Error(Code::bad_input, "the cost model {} is damaged: its checksum is wrong", source);
}

}  // namespace

std::string to_model_file(const Ensemble& ensemble) {
  const std::string trees = ensemble.to_bytes();
  const json header = {{"format", kFormat},
                       {"version", kModelVersion},
                       {"kind", "hybrid"},
                       {"columns", expected_columns()},
                       {"trees", ensemble.trees()},
                       {"bytes", trees.size()},
                       {"hash", to_hex(hash_bytes(trees))}};
  return header.dump() + "\n" + trees;
}

Ensemble from_model_file(std::span<const char> bytes, const std::string& source) {
  const std::string_view text = text_of(bytes), line = text.substr(0, text.find('\n'));
  const Result<json> parsed =
      line.size() < std::min(text.size(), kMostHeaderBytes) ? parse_json(line) : Result<json>(json());
  const json& header = *parsed;
  if (!header.is_object() || header.value("format", json()) != kFormat)
    throw Error(Code::bad_input, "{} is not a cost model", source);
  if (const json version = header.value("version", json()); version != kModelVersion)
    throw Error(Code::bad_input,
                "the cost model {} is of version {}, this program reads version {}: train it again with "
                "scripts/train_cost_model",
                source, version.dump(), kModelVersion);
  if (header.value("kind", json()) != "hybrid" || header.value("columns", json()) != expected_columns())
    throw Error(Code::bad_input, "the cost model {} has {} columns of kind {}, this program has {} of kind \"hybrid\"",
                source, header.value("columns", json()).dump(), header.value("kind", json()).dump(),
                expected_columns());
  const std::string_view trees = text.substr(line.size() + 1);
  check_trees(header, trees, source);
  return Ensemble::from_bytes(trees, LearnedCostModel::learner_options(kKind, 0).trees, source);
}

Ensemble prior() {
  if (const char* path = std::getenv("TILEWRIGHT_COST_MODEL"); path != nullptr && *path != '\0')
    return from_model_file(read_file(path, kMostModelBytes), path);
  return from_model_file({tilewright_prior_begin, tilewright_prior_end}, "that is built in");
}

}  // namespace tilewright::cost
