// Steps that mark loops and stages and leave the loop structure alone: AN, PR, SA.
#include <charconv>

#include "schedule/step_applier.h"

namespace tilewright::schedule {

Status StepApplier::operator()(const AnnotateStep& step) {
  if (Status ok = check_loop("annotate", step.stage, step.iter); !ok) return ok;
  const Stage& stage = state_.stage(step.stage);
  const Iterator& loop = stage.iters[static_cast<std::size_t>(step.iter)];
  if (loop.annotation != Annotation::none)
    return failure("annotate: loop {} in stage {} already has an annotation", loop.name, stage.tensor->name);
  if (step.annotation == Annotation::none || step.annotation > Annotation::tensorize)
    return failure("annotate: {} is no annotation for loop {} in stage {}", static_cast<int>(step.annotation),
                   loop.name, stage.tensor->name);
  if (step.annotation == Annotation::parallel && loop.kind != IterKind::spatial && loop.kind != IterKind::special)
    return failure("annotate: loop {} in stage {} reduces and can't run in parallel", loop.name, stage.tensor->name);
  writable(step.stage).iters[static_cast<std::size_t>(step.iter)].annotation = step.annotation;
  return {};
}

Status StepApplier::operator()(const PragmaStep& step) {
  if (Status ok = check_loop("pragma", step.stage, step.iter); !ok) return ok;
  constexpr std::string_view kUnroll = "auto_unroll_max_step$";
  const std::string_view text = step.text;
  const std::size_t prefix = text.find('$') == std::string_view::npos ? 0 : text.find('$') + 1;
  const std::string_view name = text.substr(0, prefix), number = text.substr(prefix);
  const bool is_switch = name == kPrefetchPragma || name == kStreamPragma;
  if (name != kUnroll && !is_switch)
    return failure("pragma: \"{}\" is not known; {}N, {}0 or 1 and {}0 or 1 are", text, kUnroll, kPrefetchPragma,
                   kStreamPragma);
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || value < 0)
    return failure("pragma: \"{}\" needs a count of 0 or more after the $", text);
  if (is_switch && value > 1) return failure("pragma: \"{}\" needs 0 or 1 after the $", text);
  Stage& stage = writable(step.stage);
  if (name == kUnroll) stage.auto_unroll_max_step = value;
  if (name == kPrefetchPragma) stage.prefetch_constants = value == 1;
  if (name == kStreamPragma) stage.stream_stores = value == 1;
  return {};
}

Status StepApplier::operator()(const StorageAlignStep& step) {
  if (Status ok = check_loop("storage_align", step.stage, step.iter); !ok) return ok;
  if (step.factor < 1) return failure("storage_align: factor {} must be at least 1", step.factor);
  if (step.offset < 0) return failure("storage_align: offset {} must be at least 0", step.offset);
  Stage& stage = writable(step.stage);
  stage.storage_factor = step.factor;
  stage.storage_offset = step.offset;
  return {};
}

}  // namespace tilewright::schedule
