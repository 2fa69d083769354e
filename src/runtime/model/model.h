#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/cpu/object_loader.h"
#include "runtime/cpu/thread_pool.h"
#include "runtime/tensor.h"

namespace tilewright::runtime {

/// An input or output of a model.
struct Port {
  std::string name;
  DType type = DType::f32;
  std::vector<std::int64_t> shape;
};

/// Where a buffer of a kernel is.
struct BufferRef {
  enum class Place : std::uint8_t { arena, constant, input, output };
  Place place;
  std::int64_t position;    ///< arena: offset in bytes, a multiple of 64; else which one
  std::int64_t offset = 0;  ///< input, output: bytes into it, a multiple of 64; else 0
};

struct KernelCall {
  int object;                      ///< position in ModelPlan::objects
  std::string symbol;              ///< of a tw_kernel in it
  std::vector<BufferRef> buffers;  ///< inputs first, output last
  std::string description;         ///< for people
};

/// An output that no kernel computes: a copy of an input, a constant or another tensor's memory.
struct OutputCopy {
  BufferRef from;
  int output;
};

/// All that a model is: plain data.
struct ModelPlan {
  std::string target;                          ///< that the code was made for, for people
  std::vector<std::string> required_features;  ///< of the processor, as compilers name them: "avx512f"
  double flops = 0;                            ///< of one run
  std::vector<Port> inputs, outputs;
  std::vector<Tensor> constants;
  std::int64_t arena_bytes = 0;      ///< for everything that lives only during a run
  std::vector<std::string> objects;  ///< relocatable ELF objects
  std::vector<KernelCall> calls;     ///< in the order in which they run
  std::vector<OutputCopy> copies;    ///< done at the end
};

/// Writes the model file of a plan, whose code this machine need not be able to run.
/// Errors: Error(cannot_write); what was at `path` is still there then.
void save_plan(const ModelPlan& plan, const std::filesystem::path& path);

/// A compiled model, ready to run; needs no compiler. Immutable: may be executed from many threads, by an Execution
/// each.
class Model {
 public:
  /// Maps the code and moves all constants into one block of huge pages. Errors: Error(bad_input) if this processor
  /// lacks a required feature or the code can't be loaded; OutOfMemory; InternalError if the plan does not fit together
  /// (check_plan.h).
  explicit Model(ModelPlan plan);

  /// Reads a model file, weights straight to where they are used. Whatever the file says is checked before it is used;
  /// only its code is taken as it is. Errors: Error(bad_input) naming the file and whether it is missing, no model
  /// file, of another version, cut off or damaged; as the constructor.
  static Model load(const std::filesystem::path& path);
  /// Errors: Error(cannot_write); what was at `path` is still there then.
  void save(const std::filesystem::path& path) const;
  /// The file starts like a model file (it may still be damaged). False for what can't be read.
  static bool is_model_file(const std::filesystem::path& path);

  const ModelPlan& plan() const { return *plan_; }
  const std::vector<Port>& inputs() const { return plan_->inputs; }
  const std::vector<Port>& outputs() const { return plan_->outputs; }
  /// The kernel of each call.
  const std::vector<tw_kernel>& kernels() const { return kernels_; }

  /// Runs once. Errors: Error(bad_input) naming every input that is missing, unknown, or of another type or shape, and
  /// as Execution has them.
  std::map<std::string, Tensor> run(const std::map<std::string, Tensor>& inputs, ThreadPool& pool) const;

 private:
  /// `constants`: where the plan's are, and who holds them.
  Model(std::shared_ptr<const void> constants, ModelPlan&& plan);

  std::shared_ptr<const void> constants_;  ///< the block that the plan's constants look at
  std::shared_ptr<const ModelPlan> plan_;
  std::vector<std::shared_ptr<const LoadedObject>> objects_;
  std::vector<tw_kernel> kernels_;
};

}  // namespace tilewright::runtime
