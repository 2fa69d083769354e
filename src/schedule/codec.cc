#include "schedule/codec.h"

#include <array>
#include <limits>

#include "base/match.h"

namespace tilewright::schedule {
namespace {

using nlohmann::json;

json encode_length(std::int64_t length) { return length == kUnknown ? json() : json(length); }

json encode_lengths(const std::vector<std::int64_t>& lengths) {
  json list = json::array();
  for (std::int64_t length : lengths) list.push_back(encode_length(length));
  return list;
}

/// Reads the fields of one step in order; the first misfit is kept and everything after it reads as zero.
class Fields {
 public:
  Fields(const json& step, std::string_view code) : step_(step), code_(code) {}

  int integer() { return static_cast<int>(number(std::numeric_limits<int>::min())); }
  bool flag() { return number(0) != 0; }
  /// TVM writes 0 for an extent that is not constant.
  std::int64_t extent() {
    if (peek() && peek()->is_null()) return ++next_, kUnknown;
    const std::int64_t value = number(0);
    return value == 0 ? kUnknown : value;
  }
  std::string text() {
    const json* field = take();
    if (field && field->is_string()) return field->get<std::string>();
    misfit("a text");
    return {};
  }
  std::vector<int> integers() {
    return list<int>(
        [&](const json& item) { return static_cast<int>(as_number(item, std::numeric_limits<int>::min())); });
  }
  std::vector<std::int64_t> lengths() {
    return list<std::int64_t>([&](const json& item) { return item.is_null() ? kUnknown : as_number(item, 1); });
  }
  Annotation annotation() {
    const std::int64_t value = number(0);
    if (value > static_cast<int>(Annotation::tensorize)) misfit("an annotation from 0 to 11");
    return static_cast<Annotation>(value);
  }
  const std::string& error() const { return error_; }

 private:
  const json* peek() const { return next_ < step_.size() ? &step_[next_] : nullptr; }
  const json* take() { return next_ < step_.size() ? &step_[next_++] : nullptr; }
  void misfit(std::string_view expected) {
    if (error_.empty()) error_ = fmt::format("field {} of {} must be {}", next_ - 1, code_, expected);
  }
  std::int64_t as_number(const json& item, std::int64_t least) {
    constexpr std::int64_t kMost = std::numeric_limits<int>::max();
    if (item.is_number_integer() && (!item.is_number_unsigned() || item.get<std::uint64_t>() <= kMost)) {
      const auto value = item.get<std::int64_t>();
      if (value >= least && value <= kMost) return value;
    }
    misfit(least == 1 ? "a length of at least 1, or null" : least == 0 ? "an integer of at least 0" : "an integer");
    return least == 1 ? 1 : 0;
  }
  std::int64_t number(std::int64_t least) {
    const json* field = take();
    return field ? as_number(*field, least) : 0;
  }
  template <class T, class Item>
  std::vector<T> list(Item item) {
    std::vector<T> values;
    const json* field = take();
    if (!field || !field->is_array()) {
      misfit("a list");
      return values;
    }
    for (const json& element : *field) values.push_back(item(element));
    return values;
  }

  const json& step_;
  std::string_view code_;
  std::size_t next_ = 1;
  std::string error_;
};

struct Decoder {
  std::string_view code;
  std::size_t fields;  ///< with the code
  Step (*decode)(Fields&);
};

// Braced lists evaluate from left to right, so the fields are read in order.
constexpr std::array<Decoder, 14> kDecoders{{
    {"AN", 4, [](Fields& f) -> Step { return AnnotateStep{f.integer(), f.integer(), f.annotation()}; }},
    {"FU", 3, [](Fields& f) -> Step { return FuseStep{f.integer(), f.integers()}; }},
    {"PR", 4, [](Fields& f) -> Step { return PragmaStep{f.integer(), f.integer(), f.text()}; }},
    {"RE", 3, [](Fields& f) -> Step { return ReorderStep{f.integer(), f.integers()}; }},
    {"SP", 6, [](Fields& f) -> Step { return SplitStep{f.integer(), f.integer(), f.extent(), f.lengths(), f.flag()}; }},
    {"FSP", 5, [](Fields& f) -> Step { return FollowSplitStep{f.integer(), f.integer(), f.integer(), f.integer()}; }},
    {"FFSP", 6,
     [](Fields& f) -> Step {
       return FollowFusedSplitStep{f.integer(), f.integer(), f.integers(), f.integer(), f.flag()};
     }},
    {"SA", 5, [](Fields& f) -> Step { return StorageAlignStep{f.integer(), f.integer(), f.integer(), f.integer()}; }},
    {"CA", 4, [](Fields& f) -> Step { return ComputeAtStep{f.integer(), f.integer(), f.integer()}; }},
    {"CI", 2, [](Fields& f) -> Step { return ComputeInlineStep{f.integer()}; }},
    {"CR", 2, [](Fields& f) -> Step { return ComputeRootStep{f.integer()}; }},
    {"CHR", 4, [](Fields& f) -> Step { return CacheReadStep{f.integer(), f.text(), f.integers()}; }},
    {"CHW", 3, [](Fields& f) -> Step { return CacheWriteStep{f.integer(), f.text()}; }},
    {"RF", 4, [](Fields& f) -> Step { return RfactorStep{f.integer(), f.integer(), f.integer()}; }},
}};

Result<Step> decode(const json& step) {
  if (!step.is_array() || step.empty() || !step[0].is_string())
    return failure("expected a list that starts with a code");
  const auto& code = step[0].get_ref<const std::string&>();
  for (const Decoder& decoder : kDecoders) {
    if (decoder.code != code) continue;
    if (step.size() != decoder.fields) return failure("{} needs {} fields, has {}", code, decoder.fields, step.size());
    Fields fields(step, code);
    Step decoded = decoder.decode(fields);
    if (!fields.error().empty()) return Failure{fields.error()};
    return decoded;
  }
  return failure("code \"{:.16}\" is not known", code);
}

}  // namespace

json to_json(const Step& step) {
  return match_variant(
      step, [](const AnnotateStep& s) { return json{"AN", s.stage, s.iter, static_cast<int>(s.annotation)}; },
      [](const FuseStep& s) { return json{"FU", s.stage, json(s.iters)}; },
      [](const PragmaStep& s) { return json{"PR", s.stage, s.iter, s.text}; },
      [](const ReorderStep& s) { return json{"RE", s.stage, json(s.order)}; },
      [](const SplitStep& s) {
        return json{"SP",
                    s.stage,
                    s.iter,
                    s.extent == kUnknown ? 0 : s.extent,
                    encode_lengths(s.lengths),
                    s.inner_to_outer ? 1 : 0};
      },
      [](const FollowSplitStep& s) { return json{"FSP", s.stage, s.iter, s.source_step, s.levels}; },
      [](const FollowFusedSplitStep& s) {
        return json{"FFSP", s.stage, s.iter, json(s.source_steps), s.level, s.factor ? 1 : 0};
      },
      [](const StorageAlignStep& s) { return json{"SA", s.stage, s.iter, s.factor, s.offset}; },
      [](const ComputeAtStep& s) { return json{"CA", s.stage, s.target_stage, s.target_iter}; },
      [](const ComputeInlineStep& s) { return json{"CI", s.stage}; },
      [](const ComputeRootStep& s) { return json{"CR", s.stage}; },
      [](const CacheReadStep& s) { return json{"CHR", s.stage, s.scope, json(s.readers)}; },
      [](const CacheWriteStep& s) { return json{"CHW", s.stage, s.scope}; },
      [](const RfactorStep& s) { return json{"RF", s.stage, s.iter, s.factor_axis}; });
}

json to_json(const std::vector<Step>& steps) {
  json list = json::array();
  for (const Step& step : steps) list.push_back(to_json(step));
  return list;
}

Result<std::vector<Step>> steps_from_json(const json& list) {
  if (!list.is_array()) return failure("steps must be a list");
  std::vector<Step> steps;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Result<Step> step = decode(list[i]);
    if (!step) return failure("step {}: {}", i, step.message());
    steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace tilewright::schedule
