#include "runtime/cpu/object_loader.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "base/integer.h"
#include "base/out_of_memory.h"
#include "runtime/cpu/elf.h"
#include "runtime/cpu/relocation.h"

namespace tilewright::runtime {
namespace {

constexpr std::size_t kEntryBytes = 16;                            ///< of the table of far addresses
constexpr std::uint64_t kMostImageBytes = std::uint64_t{1} << 30;  ///< so that 32-bit distances reach everywhere

std::uint64_t align(std::uint64_t offset, std::uint64_t alignment) {
  return (offset + alignment - 1) & ~(alignment - 1);
}

const RelocationKind* find_kind(const ElfMachine& machine, std::uint32_t number) {
  const auto found = std::ranges::find(machine.kinds, number, &RelocationKind::number);
  return found == machine.kinds.end() ? nullptr : &*found;
}

/// Address of a function that a kernel may call: looked up in this process, then in libm and libmvec (opened on first
/// use and kept). Null if nobody defines it. Thread-safe.
void* find_external(const char* name) {
  if (void* address = dlsym(RTLD_DEFAULT, name)) return address;
  static const std::array<void*, 2> libraries = {dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL),
                                                 dlopen("libmvec.so.1", RTLD_NOW | RTLD_LOCAL)};
  for (void* library : libraries) {
    if (library == nullptr) continue;  // not on this system: its functions stay unresolved
    if (void* address = dlsym(library, name)) return address;
  }
  return nullptr;
}

/// Address space that is given back when it goes out of scope.
struct Mapping {
  unsigned char* base = nullptr;
  std::size_t bytes = 0;
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (base != nullptr) munmap(base, bytes);
  }
  bool map(std::size_t size) {
    void* data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return false;
    base = static_cast<unsigned char*>(data);
    bytes = size;
    return true;
  }
};

}  // namespace

struct LoadedObject::Image {
  Mapping memory;
  /// From each symbol to the end of its section.
  std::map<std::string, std::string_view, std::less<>> symbols;
};

namespace {

/// Builds one image: places sections, resolves symbols, applies relocations.
///
/// Layout: code, read-only data and the table of far addresses, then, on pages of their own, the writable sections.
class Linker {
 public:
  Linker(const ElfObject& object, const ElfMachine& machine, Mapping& memory)
      : object_(object), machine_(machine), memory_(memory) {}
  Status place();
  Status relocate();
  Status protect() const;
  unsigned char* address_of(const ElfSymbol& symbol) const { return section_at(symbol.section) + symbol.value; }
  std::string_view bytes_from(const ElfSymbol& symbol) const {
    const ElfSection& section = object_.sections[static_cast<std::size_t>(symbol.section)];
    return {reinterpret_cast<const char*>(address_of(symbol)), section.size - symbol.value};
  }

 private:
  unsigned char* section_at(int i) const { return memory_.base + offsets_[static_cast<std::size_t>(i)]; }
  Status apply(const ElfRelocation& relocation);
  Result<std::uint64_t> resolve(const ElfSymbol& symbol) const;
  /// The symbol's entry in the table of far addresses, made on first use.
  unsigned char* entry_of(std::uint32_t symbol, std::uint64_t address);
  Status write(const RelocationKind& kind, const ElfRelocation& relocation, std::uint64_t target);

  const ElfObject& object_;
  const ElfMachine& machine_;
  Mapping& memory_;
  std::vector<std::uint64_t> offsets_;  ///< of each section in the image
  std::uint64_t entries_begin_ = 0, readonly_bytes_ = 0;
  std::vector<int> entry_of_symbol_;  ///< or -1
  int entries_ = 0;
};

Status Linker::place() {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  offsets_.resize(object_.sections.size());
  std::uint64_t end = 0;
  const auto place_all = [&](bool writable) {
    for (std::size_t i = 0; i < object_.sections.size(); ++i) {
      const ElfSection& section = object_.sections[i];
      if (section.writable != writable) continue;
      offsets_[i] = align(end, section.alignment);
      end = offsets_[i] + section.size;
    }
  };
  place_all(false);
  // At most one entry per symbol that a relocation names.
  const std::size_t most_entries = std::min(object_.symbols.size(), object_.relocations.size());
  entries_begin_ = align(end, kEntryBytes);
  end = readonly_bytes_ = align(entries_begin_ + most_entries * kEntryBytes, page);
  place_all(true);
  end = align(std::max<std::uint64_t>(end, 1), page);
  if (end > kMostImageBytes) return failure("the object has {} bytes, at most {} can be loaded", end, kMostImageBytes);
  if (!memory_.map(end)) throw OutOfMemory("machine code needs {} bytes", end);
  for (std::size_t i = 0; i < object_.sections.size(); ++i) {
    const std::string_view bytes = object_.sections[i].bytes;
    std::copy(bytes.begin(), bytes.end(), memory_.base + offsets_[i]);
  }
  return {};
}

Status Linker::relocate() {
  entry_of_symbol_.assign(object_.symbols.size(), -1);
  for (const ElfRelocation& relocation : object_.relocations) {
    if (Status applied = apply(relocation); !applied) return applied;
  }
  return {};
}

Result<std::uint64_t> Linker::resolve(const ElfSymbol& symbol) const {
  switch (symbol.place) {
    case ElfSymbol::Place::section:
      return reinterpret_cast<std::uint64_t>(address_of(symbol));
    case ElfSymbol::Place::absolute:
      return symbol.value;
    case ElfSymbol::Place::elsewhere:
      return failure("symbol '{}' is in a section that is not loaded", symbol.name);
    case ElfSymbol::Place::undefined:
      break;
  }
  if (symbol.name.empty()) return std::uint64_t{0};  // the null symbol
  if (void* address = find_external(std::string(symbol.name).c_str())) return reinterpret_cast<std::uint64_t>(address);
  return failure("symbol '{}' is not defined by the object, this program, libm or libmvec", symbol.name);
}

unsigned char* Linker::entry_of(std::uint32_t symbol, std::uint64_t address) {
  int& entry = entry_of_symbol_[symbol];
  const bool is_new = entry < 0;
  if (is_new) entry = entries_++;
  unsigned char* at = memory_.base + entries_begin_ + static_cast<std::size_t>(entry) * kEntryBytes;
  if (is_new) {
    std::copy(machine_.far_jump.begin(), machine_.far_jump.end(), at);
    std::memcpy(at + machine_.address_field, &address, sizeof address);
  }
  return at;
}

Status Linker::apply(const ElfRelocation& relocation) {
  const ElfSection& section = object_.sections[static_cast<std::size_t>(relocation.section)];
  const ElfSymbol& symbol = object_.symbols[relocation.symbol];
  const RelocationKind* kind = find_kind(machine_, relocation.kind);
  if (kind == nullptr) return failure("relocation kind {} in {} is unknown", relocation.kind, section.name);
  if (kind->form == RelocationForm::refused) {
    return failure("relocation {} of '{}' in {} needs an address below 4 GiB: compile position-independent code",
                   kind->name, symbol.name, section.name);
  }
  if (relocation.offset + static_cast<std::uint64_t>(bytes_of(kind->form)) > section.bytes.size()) {
    return failure("relocation {} at byte {} lies beyond the end of {}", kind->name, relocation.offset, section.name);
  }
  if (kind->form == RelocationForm::nothing) return {};
  const Result<std::uint64_t> address = resolve(symbol);
  if (!address) return address.failure();

  std::uint64_t target = *address;
  const unsigned char* place = section_at(relocation.section) + relocation.offset;
  if (is_indirect(kind->form)) {
    target = reinterpret_cast<std::uint64_t>(entry_of(relocation.symbol, *address) + machine_.address_field);
  } else if (symbol.place == ElfSymbol::Place::undefined &&
             (kind->form == RelocationForm::call32 || kind->form == RelocationForm::call26 ||
              (kind->form == RelocationForm::relative32 && machine_.is_branch(place, relocation.offset)))) {
    target = reinterpret_cast<std::uint64_t>(entry_of(relocation.symbol, *address));
  }
  return write(*kind, relocation, target);
}

Status Linker::write(const RelocationKind& kind, const ElfRelocation& relocation, std::uint64_t target) {
  unsigned char* place = section_at(relocation.section) + relocation.offset;
  const std::uint64_t value = target + static_cast<std::uint64_t>(relocation.addend);
  if (write_relocation(kind, value, place)) return {};
  return failure("relocation {} of '{}' does not reach: distance {} does not fit its field", kind.name,
                 object_.symbols[relocation.symbol].name,
                 static_cast<std::int64_t>(value - reinterpret_cast<std::uint64_t>(place)));
}

Status Linker::protect() const {
  if (readonly_bytes_ == 0) return {};
  auto* const code = reinterpret_cast<char*>(memory_.base);
  __builtin___clear_cache(code, code + readonly_bytes_);  // nothing on x86-64
  if (mprotect(memory_.base, readonly_bytes_, PROT_READ | PROT_EXEC) != 0) {
    return failure("the operating system does not let code be made executable: {}", std::strerror(errno));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const LoadedObject>> LoadedObject::load(std::string_view object) {
  const ElfMachine* machine = this_machine();
  if (machine == nullptr) return failure("objects can't be loaded on this machine's architecture yet");
  const Result<ElfObject> elf = parse_elf(object);
  if (!elf) return elf.failure();
  if (elf->machine != machine->elf_number) {
    return failure("object is for ELF machine {}, this machine is {} ({})", elf->machine, machine->name,
                   machine->elf_number);
  }
  std::shared_ptr<LoadedObject> loaded(new LoadedObject);
  loaded->image_ = std::make_unique<Image>();
  Linker linker(*elf, *machine, loaded->image_->memory);
  if (Status placed = linker.place(); !placed) return placed.failure();
  if (Status relocated = linker.relocate(); !relocated) return relocated.failure();
  if (Status safe = linker.protect(); !safe) return safe.failure();
  for (const ElfSymbol& symbol : elf->symbols) {
    if (symbol.global && symbol.place == ElfSymbol::Place::section) {
      loaded->image_->symbols.emplace(symbol.name, linker.bytes_from(symbol));
    }
  }
  return std::shared_ptr<const LoadedObject>(std::move(loaded));
}

LoadedObject::~LoadedObject() = default;

std::string_view LoadedObject::bytes_from(std::string_view name) const {
  const auto found = image_->symbols.find(name);
  return found == image_->symbols.end() ? std::string_view() : found->second;
}

void* LoadedObject::symbol(std::string_view name) const { return const_cast<char*>(bytes_from(name).data()); }

}  // namespace tilewright::runtime
