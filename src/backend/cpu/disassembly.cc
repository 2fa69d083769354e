#include "backend/cpu/disassembly.h"

#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrAnalysis.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>

#include "base/error.h"
#include "base/out_of_memory.h"

namespace tilewright::cpu {
namespace {

/// What LLVM knows of a target's instructions.
struct Description {
  bool is_aarch64;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> assembly;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCInstrAnalysis> analysis;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
  std::unique_ptr<llvm::MCInstPrinter> intel;  ///< of x86-64

  explicit Description(const target::TargetSpec& target) : is_aarch64(target.is_aarch64()) {
    static std::once_flag once;
    std::call_once(once, [] {
      llvm::InitializeAllTargetInfos();
      llvm::InitializeAllTargetMCs();
      llvm::InitializeAllDisassemblers();
    });
    std::string error;
    const llvm::Target* backend = llvm::TargetRegistry::lookupTarget(target.triple, error);
    TW_CHECK(backend, "an object for target {}: {}", target.triple, error);
    const llvm::Triple triple(target.triple);
    std::string features;
    for (const std::string& feature : target.features) features += (features.empty() ? "" : ",") + feature;
    registers.reset(backend->createMCRegInfo(target.triple));
    assembly.reset(backend->createMCAsmInfo(*registers, target.triple, {}));
    instructions.reset(backend->createMCInstrInfo());
    subtarget.reset(backend->createMCSubtargetInfo(target.triple, target.cpu, features));
    analysis.reset(backend->createMCInstrAnalysis(instructions.get()));
    context = std::make_unique<llvm::MCContext>(triple, assembly.get(), registers.get(), subtarget.get());
    disassembler.reset(backend->createMCDisassembler(*subtarget, *context));
    printer.reset(backend->createMCInstPrinter(triple, 0, *assembly, *instructions, *registers));
    printer->setPrintBranchImmAsAddress(true);
    if (!is_aarch64) intel.reset(backend->createMCInstPrinter(triple, 1, *assembly, *instructions, *registers));
  }
};

/// An instruction that LLVM has decoded.
struct Decoded {
  const llvm::MCInst& inst;
  const llvm::MCInstrDesc& description;
  std::string_view name;      ///< LLVM's, such as "VFMADD231PSZr"
  std::string_view mnemonic;  ///< such as "vfmadd231ps"
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, text) != known.end();
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [&](std::string_view start) { return text.starts_with(start); });
}

int widest_register(const Description& llvm, const llvm::MCInst& inst, int (*bytes_of)(std::string_view)) {
  int widest = 0;
  for (const llvm::MCOperand& operand : inst)
    if (operand.isReg()) widest = std::max(widest, bytes_of(llvm.registers->getName(operand.getReg())));
  return widest;
}

// x86-64

int vector_bytes_x86(std::string_view name) {
  return name.starts_with("ZMM") ? 64 : name.starts_with("YMM") ? 32 : name.starts_with("XMM") ? 16 : 0;
}

struct Floats {
  int element = 0;  ///< bytes; 0: no floats
  bool packed = false;
};

/// By the suffix of the mnemonic: ps, pd, ss or sd.
Floats floats_of(std::string_view mnemonic) {
  if (mnemonic.size() < 3) return {};
  const char form = mnemonic[mnemonic.size() - 2], precision = mnemonic.back();
  if ((precision != 's' && precision != 'd') || (form != 'p' && form != 's')) return {};
  return {precision == 's' ? 4 : 8, form == 'p'};
}

/// What the memory operand refers to: "dword ptr [rax + 4]" in Intel's syntax.
double memory_bytes_x86(const Description& llvm, const llvm::MCInst& inst) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm.intel->printInst(&inst, 0, "", *llvm.subtarget, stream);
  const std::string_view before = std::string_view(text).substr(0, stream.str().find(" ptr "));
  constexpr std::pair<std::string_view, int> kSizes[] = {
      {"zmmword", 64}, {"ymmword", 32}, {"xmmword", 16}, {"qword", 8}, {"dword", 4}, {"word", 2}, {"byte", 1}};
  for (const auto& [word, bytes] : kSizes)
    if (before.ends_with(word)) return bytes;
  return 0;
}

void describe_x86(const Description& llvm, const Decoded& decoded, Instruction& instruction) {
  instruction.vector_bytes = widest_register(llvm, decoded.inst, vector_bytes_x86);
  const std::string_view name = decoded.mnemonic.substr(decoded.mnemonic.starts_with('v') ? 1 : 0);
  const Floats floats = floats_of(name);
  instruction.fma = floats.element > 0 && starts_with_any(name, {"fmadd", "fmsub", "fnmadd", "fnmsub"});
  const bool other = floats.element > 0 && starts_with_any(name, {"add", "sub", "mul", "div", "max", "min", "sqrt"});
  if (instruction.fma || other)
    instruction.flops = (instruction.fma ? 2 : 1) * (floats.packed ? instruction.vector_bytes / floats.element : 1);
  const auto operands = decoded.description.operands();
  const auto memory = std::ranges::find(operands, llvm::MCOI::OPERAND_MEMORY, &llvm::MCOperandInfo::OperandType);
  if (memory == operands.end() || name.starts_with("prefetch")) return;
  instruction.load = decoded.description.mayLoad();
  instruction.store = decoded.description.mayStore();
  if (!instruction.load && !instruction.store) return;  // lea
  const llvm::MCOperand& base = decoded.inst.getOperand(static_cast<unsigned>(memory - operands.begin()));
  instruction.stack = llvm.registers->getName(base.getReg()) == std::string_view("RSP");
  instruction.bytes = memory_bytes_x86(llvm, decoded.inst);
}

// AArch64

/// Of whole registers, q or d; floats alone lie in others.
int vector_bytes_aarch64(std::string_view name) {
  if (name.size() < 2 || name[1] < '0' || name[1] > '9') return 0;
  return name[0] == 'Q' ? 16 : name[0] == 'D' ? 8 : 0;
}

/// How many elements of how many bytes.
struct Packed {
  int count = 1, element = 0;
};

/// By LLVM's name: "FMLAv4f32", "FMLAv4i32_indexed" and "LD1Rv4s" have 4 of 4 bytes, "LD1i32" one; "FADDSrr" says
/// nothing.
Packed packed_of(std::string_view name) {
  Packed packed;
  std::size_t at = name.find_first_of("vi");
  if (at == std::string_view::npos) return packed;
  const char* const end = name.data() + name.size();
  const char* next = name.data() + at;
  if (*next == 'v') next = std::from_chars(next + 1, end, packed.count).ptr;
  if (next == end) return packed;
  int bits = 0;
  if (std::from_chars(next + 1, end, bits).ec == std::errc{}) return {packed.count, bits / 8};
  return {packed.count, *next == 'b' ? 1 : *next == 'h' ? 2 : *next == 's' ? 4 : *next == 'd' ? 8 : 0};
}

/// Loaded or stored: the registers that stand before the one of the address, or what the mnemonic takes of each.
double memory_bytes_aarch64(const Description& llvm, const Decoded& decoded, std::size_t address) {
  const std::string_view mnemonic = decoded.mnemonic;
  if (mnemonic == "ld1r" || starts_with_any(decoded.name, {"LD1i", "ST1i"})) return packed_of(decoded.name).element;
  const double part = mnemonic.ends_with('b') ? 1 : mnemonic.ends_with('h') ? 2 : mnemonic.ends_with("sw") ? 4 : 0;
  double bytes = 0;
  for (std::size_t i = 0; i < address; ++i) {
    const llvm::MCOperandInfo& operand = decoded.description.operands()[i];
    if (operand.RegClass < 0 || operand.OperandType != llvm::MCOI::OPERAND_REGISTER) continue;
    const llvm::MCRegisterClass& registers = llvm.registers->getRegClass(static_cast<unsigned>(operand.RegClass));
    if (llvm.registers->getRegClassName(&registers) == std::string_view("GPR64sp")) continue;  // written back
    bytes += part > 0 ? part : registers.getSizeInBits() / 8.0;
  }
  return bytes;
}

void describe_aarch64(const Description& llvm, const Decoded& decoded, Instruction& instruction) {
  const std::string_view mnemonic = decoded.mnemonic;
  instruction.vector_bytes = widest_register(llvm, decoded.inst, vector_bytes_aarch64);
  instruction.fma = is_one_of(mnemonic, {"fmla", "fmls", "fmadd", "fmsub", "fnmadd", "fnmsub"});
  if (instruction.fma ||
      is_one_of(mnemonic, {"fadd", "fsub", "fmul", "fdiv", "fmax", "fmin", "fmaxnm", "fminnm", "fsqrt"}))
    instruction.flops = (instruction.fma ? 2 : 1) * packed_of(decoded.name).count;
  const auto operands = decoded.description.operands();
  std::size_t address = operands.size();  // the last register that an address may be in
  for (std::size_t i = 0; i < operands.size(); ++i)
    if (operands[i].RegClass >= 0 && operands[i].OperandType == llvm::MCOI::OPERAND_REGISTER &&
        llvm.registers->getRegClassName(&llvm.registers->getRegClass(static_cast<unsigned>(operands[i].RegClass))) ==
            std::string_view("GPR64sp"))
      address = i;
  if (address == operands.size() || mnemonic.starts_with("prf")) return;
  instruction.load = decoded.description.mayLoad();
  instruction.store = decoded.description.mayStore();
  if (!instruction.load && !instruction.store) return;  // arithmetic on the stack pointer
  const llvm::MCOperand& base = decoded.inst.getOperand(static_cast<unsigned>(address));
  instruction.stack = llvm.registers->getName(base.getReg()) == std::string_view("SP");
  instruction.bytes = memory_bytes_aarch64(llvm, decoded, address);
}

/// Nothing of padding. `symbol`: what it refers to, if a linker has to fill that in.
std::optional<Instruction> describe(const Description& llvm, const llvm::MCInst& inst, std::uint64_t address,
                                    std::uint64_t size, const std::string* symbol) {
  Instruction instruction{.address = address};
  llvm::raw_string_ostream stream(instruction.text);
  // the immediate of a branch counts from the next instruction on x86-64
  llvm.printer->printInst(&inst, address + (llvm.is_aarch64 ? 0 : size), "", *llvm.subtarget, stream);
  if (stream.str().starts_with("\tnop")) return std::nullopt;
  if (symbol) stream << "\t" << llvm.assembly->getCommentString() << " " << *symbol;
  const llvm::MCInstrDesc& description = llvm.instructions->get(inst.getOpcode());
  if (std::uint64_t to = 0; !symbol && description.isBranch() && llvm.analysis->evaluateBranch(inst, address, size, to))
    instruction.branches = to;
  const std::string_view mnemonic = llvm.printer->getMnemonic(&inst).first;
  const Decoded decoded{inst, description, llvm.instructions->getName(inst.getOpcode()),
                        mnemonic.substr(0, mnemonic.find_first_of(" \t"))};
  (llvm.is_aarch64 ? describe_aarch64 : describe_x86)(llvm, decoded, instruction);
  return instruction;
}

template <class T>
T checked(llvm::Expected<T> value) {
  TW_CHECK(static_cast<bool>(value), "an object that can't be read: {}", llvm::toString(value.takeError()));
  return std::move(*value);
}

/// Offset in a section -> what is to be put there.
using Symbols = std::map<std::uint64_t, std::string>;

Symbols relocated_symbols(const llvm::object::ObjectFile& file, const llvm::object::SectionRef& section) {
  Symbols symbols;
  for (const llvm::object::SectionRef& relocations : file.sections()) {
    if (checked(relocations.getRelocatedSection()) != section) continue;
    for (const llvm::object::RelocationRef& relocation : relocations.relocations()) {
      const auto symbol = relocation.getSymbol();
      if (symbol != file.symbol_end()) symbols[relocation.getOffset()] = checked(symbol->getName()).str();
    }
  }
  return symbols;
}

}  // namespace

std::vector<Instruction> disassemble(std::string_view object, const target::TargetSpec& target) {
  const NoUnwinding inside_llvm;
  const Description llvm(target);
  const auto file = checked(llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "kernel")));
  std::vector<Instruction> code;
  std::uint64_t begin = 0;
  for (const llvm::object::SectionRef& section : file->sections()) {
    if (!section.isText()) continue;
    const Symbols symbols = relocated_symbols(*file, section);
    const llvm::StringRef contents = checked(section.getContents());
    const llvm::ArrayRef<std::uint8_t> bytes(contents.bytes_begin(), contents.size());
    std::uint64_t size = 0;
    for (std::uint64_t offset = 0; offset < bytes.size(); offset += size) {
      llvm::MCInst inst;
      const std::uint64_t address = begin + offset;
      TW_CHECK(llvm.disassembler->getInstruction(inst, size, bytes.slice(offset), address, llvm::nulls()) ==
                   llvm::MCDisassembler::Success,
               "an instruction at {:#x} that can't be read", address);
      const auto symbol = symbols.lower_bound(offset);
      const bool is_relocated = symbol != symbols.end() && symbol->first < offset + size;
      auto instruction = describe(llvm, inst, address, size, is_relocated ? &symbol->second : nullptr);
      if (instruction) code.push_back(std::move(*instruction));
    }
    begin += bytes.size();
  }
  return code;
}

}  // namespace tilewright::cpu
