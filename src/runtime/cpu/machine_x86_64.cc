#include <elf.h>

#include "runtime/cpu/relocation.h"

namespace tilewright::runtime {
namespace {

using Form = RelocationForm;

// System V ABI, AMD64 supplement, table 4.9.
constexpr RelocationKind kX86Relocations[] = {
    {R_X86_64_NONE, "R_X86_64_NONE", Form::nothing},
    {R_X86_64_64, "R_X86_64_64", Form::absolute64},
    {R_X86_64_PC32, "R_X86_64_PC32", Form::relative32},
    {R_X86_64_PLT32, "R_X86_64_PLT32", Form::call32},
    {R_X86_64_PC64, "R_X86_64_PC64", Form::relative64},
    {R_X86_64_GOTPCREL, "R_X86_64_GOTPCREL", Form::indirect32},
    {R_X86_64_GOTPCRELX, "R_X86_64_GOTPCRELX", Form::indirect32},
    {R_X86_64_REX_GOTPCRELX, "R_X86_64_REX_GOTPCRELX", Form::indirect32},
    {R_X86_64_32, "R_X86_64_32", Form::refused},
    {R_X86_64_32S, "R_X86_64_32S", Form::refused},
};

bool is_x86_branch(const unsigned char* at, std::size_t before) {
  if (before >= 1 && (at[-1] == 0xe8 || at[-1] == 0xe9)) return true;  // call, jmp
  return before >= 2 && at[-2] == 0x0f && (at[-1] & 0xf0) == 0x80;     // jcc
}

constexpr char kX86FarJump[] = "\xff\x25\x02\x00\x00\x00\xcc\xcc";  // jmp *2(%rip); int3; int3
constexpr ElfMachine kX86Machine = {EM_X86_64, "x86-64", kX86Relocations, {kX86FarJump, 8}, 8, is_x86_branch};

}  // namespace

const ElfMachine* x86_64() { return &kX86Machine; }

}  // namespace tilewright::runtime
