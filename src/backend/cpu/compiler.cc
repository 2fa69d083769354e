#include "backend/cpu/compiler.h"

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>

#include <algorithm>
#include <mutex>
#include <new>

#include "backend/cpu/emit/kernel.h"
#include "backend/cpu/passes.h"
#include "base/out_of_memory.h"

namespace tilewright::cpu {
namespace {

/// Once per process. LLVM's machine scheduler ruins unrolled register tiles (519 spills against 0 in a tile of 14 x 2
/// registers), and its loop strength reduction only costs time on address arithmetic that is already hoisted.
void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::install_bad_alloc_error_handler([](void*, const char*, bool) {
      if (const std::new_handler handler = std::get_new_handler()) handler();
      throw std::bad_alloc();
    });
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    const char* options[] = {"tilewright", "-enable-misched=false", "-disable-lsr"};
    llvm::cl::ParseCommandLineOptions(static_cast<int>(std::size(options)), options);
  });
}

/// Features by commas. Versions of LLVM differ in what they know, and complain about what they do not.
std::string features_that_llvm_knows(const llvm::Target& backend, const target::TargetSpec& target) {
  const std::unique_ptr<llvm::MCSubtargetInfo> info(backend.createMCSubtargetInfo(target.triple, target.cpu, ""));
  std::string text;
  for (const std::string& feature : target.features)
    if (std::ranges::any_of(info->getAllProcessorFeatures(),
                            [&](const llvm::SubtargetFeatureKV& known) { return feature.substr(1) == known.Key; }))
      text += (text.empty() ? "" : ",") + feature;
  return text;
}

}  // namespace

struct Compiler::Llvm {
  target::TargetSpec target;
  double most_instructions;
  std::unique_ptr<llvm::TargetMachine> machine;

  Llvm(const target::TargetSpec& t, double most) : target(t), most_instructions(most) {
    const NoUnwinding inside_llvm;
    initialize_llvm();
    std::string error;
    const llvm::Target* backend = llvm::TargetRegistry::lookupTarget(target.triple, error);
    if (!backend) throw Error(Code::usage, "no code generator for target {}: {}", target.triple, error);
    const std::string features = features_that_llvm_knows(*backend, target);
    llvm::TargetOptions options;
    options.AllowFPOpFusion = llvm::FPOpFusion::Fast;
    machine.reset(backend->createTargetMachine(target.triple, target.cpu, features, options, llvm::Reloc::PIC_,
                                               llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default, true));
  }

  /// SROA turns slots with constant indices into registers; EarlyCSE merges repeated loads (broadcasts).
  void optimize(llvm::Module& module) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager calls;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder builder(machine.get());
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(calls);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, calls, modules);
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
    passes.addPass(llvm::EarlyCSEPass(true));
    for (llvm::Function& function : module)
      if (!function.isDeclaration()) passes.run(function, functions);
  }

  Result<std::unique_ptr<llvm::Module>> build(llvm::LLVMContext& context, const loop::Program& program,
                                              std::string_view symbol) {
    if (const double size = unrolled_size(program, target); size > most_instructions)
      return failure("the unrolled kernel would have about {:.0f} instructions, at most {:.0f} are compiled", size,
                     most_instructions);
    auto module = std::make_unique<llvm::Module>("kernel", context);
    module->setDataLayout(machine->createDataLayout());
    module->setTargetTriple(target.triple);
    ModuleContext shared{program, target, *module, program.indices, std::string(symbol)};
    emit_kernel(shared);
#ifndef NDEBUG
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    TW_CHECK(!llvm::verifyModule(*module, &stream), "invalid LLVM IR: {}", stream.str());
#endif
    optimize(*module);
    return module;
  }

  std::string emit(llvm::Module& module, llvm::CodeGenFileType type) {
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::legacy::PassManager passes;
    TW_CHECK(!machine->addPassesToEmitFile(passes, stream, nullptr, type), "the target cannot emit objects");
    passes.run(module);
    return {bytes.begin(), bytes.end()};
  }
};

Compiler::Compiler(const target::TargetSpec& target, double most_instructions)
    : llvm_(std::make_unique<Llvm>(target, most_instructions)) {}
Compiler::~Compiler() = default;
Compiler::Compiler(Compiler&&) noexcept = default;
Compiler& Compiler::operator=(Compiler&&) noexcept = default;

Result<std::string> Compiler::compile(const loop::Program& program, std::string_view symbol) {
  return compile_finished(run_target_passes(program, llvm_->target), symbol);
}

Result<std::string> Compiler::compile_finished(const loop::Program& program, std::string_view symbol) {
  const NoUnwinding inside_llvm;
  llvm::LLVMContext context;
  auto module = llvm_->build(context, program, symbol);
  if (!module) return module.failure();
  return llvm_->emit(**module, llvm::CodeGenFileType::ObjectFile);
}

Result<std::string> Compiler::emit_ir(const loop::Program& program, std::string_view symbol) {
  const loop::Program finished = run_target_passes(program, llvm_->target);
  const NoUnwinding inside_llvm;
  llvm::LLVMContext context;
  auto module = llvm_->build(context, finished, symbol);
  if (!module) return module.failure();
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*module)->print(stream, nullptr);
  return stream.str();
}

Result<std::string> Compiler::emit_assembly(const loop::Program& program, std::string_view symbol) {
  const loop::Program finished = run_target_passes(program, llvm_->target);
  const NoUnwinding inside_llvm;
  llvm::LLVMContext context;
  auto module = llvm_->build(context, finished, symbol);
  if (!module) return module.failure();
  return llvm_->emit(**module, llvm::CodeGenFileType::AssemblyFile);
}

}  // namespace tilewright::cpu
