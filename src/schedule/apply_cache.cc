// CHR and CHW: stages that copy.
#include <algorithm>

#include "schedule/rewrite_dag.h"
#include "schedule/step_applier.h"

namespace tilewright::schedule {
namespace {

std::vector<te::Expr> indices_of(const std::vector<te::AxisRef>& axes) { return {axes.begin(), axes.end()}; }

Status check_scope(std::string_view step, std::string_view scope) {
  if (scope.empty()) return failure("{}: the scope is empty, expected one like \"local\"", step);
  return {};
}

}  // namespace

Status StepApplier::operator()(const CacheReadStep& step) {
  if (Status ok = check_stage("cache_read", step.stage); !ok) return ok;
  if (Status ok = check_scope("cache_read", step.scope); !ok) return ok;
  const te::Tensor source = state_.stage(step.stage).tensor;
  const std::vector<int>& all_readers = state_.dag()->readers(step.stage);
  if (step.readers.empty()) return failure("cache_read: no stage is to read the copy of {}", source->name);
  for (int reader : step.readers)
    if (std::find(all_readers.begin(), all_readers.end(), reader) == all_readers.end())
      return failure("cache_read: stage {} does not read {}", reader, source->name);

  const bool packs = step.scope == kPackedScope;
  if (packs && !source->is_constant())
    return failure("cache_read: {} is not constant, so it can't be packed before it is known", source->name);
  if (packs && step.readers != all_readers)
    return failure("cache_read: {} is packed for {} of the {} stages that read it, expected all", source->name,
                   step.readers.size(), all_readers.size());

  std::vector<te::AxisRef> axes;
  for (int d = 0; d < source.rank(); ++d) axes.push_back(te::make_axis("ax" + std::to_string(d), source.dim(d)));
  const te::Expr body = source(indices_of(axes));
  std::map<std::string, std::string> attributes;
  if (packs) attributes.emplace(kPackedScope, "");
  const te::Tensor copy = te::compute_on(std::move(axes), source->name + "." + step.scope, body, std::move(attributes));
  insert_stage(step.stage + 1, insert(*state_.dag(), {step.stage, source, copy, step.readers}));
  return {};
}

Status StepApplier::operator()(const CacheWriteStep& step) {
  if (Status ok = check_loops("cache_write", step.stage); !ok) return ok;
  if (Status ok = check_scope("cache_write", step.scope); !ok) return ok;
  if (Status ok = check_fresh("cache_write", step.stage); !ok) return ok;
  const te::Tensor old = state_.stage(step.stage).tensor;

  std::vector<te::AxisRef> axes;
  std::vector<std::pair<const te::Axis*, te::Expr>> renamed;
  for (const te::AxisRef& axis : old->axes) {
    axes.push_back(te::make_axis(axis->name + "_c", axis->extent));
    renamed.emplace_back(axis.get(), te::Expr(axes.back()));
  }
  const te::Tensor cache = te::compute_on(std::move(axes), old->name + "." + step.scope,
                                          te::substitute(old->body, renamed), old->attributes);
  const te::Tensor copy = te::compute_on(old->axes, old->name, cache(indices_of(old->axes)));
  insert_stage(step.stage, insert(*state_.dag(), {step.stage, cache, copy, {}}));
  writable(step.stage + 1) = fresh_stage(copy);
  return {};
}

}  // namespace tilewright::schedule
