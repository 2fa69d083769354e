#include "compile/compile_model.h"

#include "backend/cpu/compiler.h"
#include "backend/cpu/required_features.h"
#include "base/cores.h"
#include "base/parallel_for.h"
#include "loop/lower.h"

namespace tilewright::compile {
namespace {

struct Kernel {
  std::string object;
  std::vector<PackedArgument> packed;
};

Result<Kernel> try_to_compile(const task::Task& task, int number, const schedule::State& state,
                              cpu::Compiler& compiler) {
  const Result<loop::Program> program = loop::lower(state);
  TW_CHECK(program, "the schedule of {} can't be lowered: {}", task.description, program.message());
  Result<std::string> object = compiler.compile(*program, symbol_of_task(number));
  if (!object) return object.failure();
  return Kernel{std::move(*object), program->packed};
}

/// A schedule that makes too large a program gives way to the plain one: a loop nest for each stage, in which nothing
/// is unrolled or computed twice.
Kernel compile_task(const task::Task& task, int number, const schedule::State& state, cpu::Compiler& compiler) {
  Result<Kernel> kernel = try_to_compile(task, number, state, compiler);
  if (!kernel) kernel = try_to_compile(task, number, schedule::State::initial(task.dag), compiler);
  if (!kernel) throw Error(Code::bad_input, "{} can't be compiled: {}", task.description, kernel.message());
  return std::move(*kernel);
}

}  // namespace

runtime::ModelPlan compile_plan(const graph::Partition& partition, const Scheduler& scheduler,
                                const target::TargetSpec& target, int jobs) {
  std::vector<schedule::State> states;
  for (const task::Task& task : partition.tasks) states.push_back(scheduler(task));

  std::vector<std::string> objects(partition.tasks.size());
  std::vector<std::vector<PackedArgument>> packed(partition.tasks.size());
  parallel_for(static_cast<int>(partition.tasks.size()), jobs > 0 ? jobs : available_cores(), [&](int i) {
    const auto task = static_cast<std::size_t>(i);
    cpu::Compiler compiler(target);
    Kernel kernel = compile_task(partition.tasks[task], i, states[task], compiler);
    objects[task] = std::move(kernel.object);
    packed[task] = std::move(kernel.packed);
  });
  runtime::ModelPlan plan = plan_model(partition, packed);
  plan.target = target.fingerprint();
  plan.required_features = cpu::required_features(target);
  plan.objects = std::move(objects);
  return plan;
}

runtime::Model compile(const graph::Partition& partition, const Scheduler& scheduler, const target::TargetSpec& target,
                       int jobs) {
  return runtime::Model(compile_plan(partition, scheduler, target, jobs));
}

}  // namespace tilewright::compile
