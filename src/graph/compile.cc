#include "graph/compile.h"

#include "base/cores.h"
#include "base/parallel_for.h"
#include "codegen/compiler.h"
#include "loop/lower.h"

namespace tilewright::graph {
namespace {

struct Kernel {
  std::string object;
  std::vector<PackedArgument> packed;
};

Kernel compile_task(const measure::Task& task, int number, const schedule::State& state, codegen::Compiler& compiler) {
  const Result<loop::Program> program = loop::lower(state);
  TW_CHECK(program, "the schedule of {} can't be lowered: {}", task.description, program.message());
  Result<std::string> object = compiler.compile(*program, symbol_of_task(number));
  TW_CHECK(object, "{} can't be compiled: {}", task.description, object.message());
  return {std::move(*object), program->packed};
}

}  // namespace

runtime::ModelPlan compile_plan(const Partition& partition, const Scheduler& scheduler, const codegen::Target& target,
                                int jobs) {
  std::vector<schedule::State> states;
  for (const measure::Task& task : partition.tasks) states.push_back(scheduler(task));

  std::vector<std::string> objects(partition.tasks.size());
  std::vector<std::vector<PackedArgument>> packed(partition.tasks.size());
  parallel_for(static_cast<int>(partition.tasks.size()), jobs > 0 ? jobs : available_cores(), [&](int i) {
    const auto task = static_cast<std::size_t>(i);
    codegen::Compiler compiler(target);
    Kernel kernel = compile_task(partition.tasks[task], i, states[task], compiler);
    objects[task] = std::move(kernel.object);
    packed[task] = std::move(kernel.packed);
  });
  runtime::ModelPlan plan = plan_model(partition, packed);
  plan.target = target.fingerprint();
  plan.required_features = target.required_features();
  plan.objects = std::move(objects);
  return plan;
}

runtime::Model compile(const Partition& partition, const Scheduler& scheduler, const codegen::Target& target,
                       int jobs) {
  return runtime::Model(compile_plan(partition, scheduler, target, jobs));
}

}  // namespace tilewright::graph
