#include "runtime/cpu/elf.h"

#include <elf.h>

#include <bit>
#include <cstring>
#include <optional>

namespace tilewright::runtime {
namespace {

constexpr std::uint64_t kMostSectionBytes = std::uint64_t{1} << 30;

/// Why parsing stopped; caught in parse_elf, so that every read can be checked without a branch at each caller.
struct Malformed {
  std::string message;
};

class Parser {
 public:
  explicit Parser(std::string_view file) : file_(file) {}
  ElfObject parse();

 private:
  template <class T>
  T read(std::uint64_t offset, const char* what) const;
  std::string_view bytes(std::uint64_t offset, std::uint64_t size, const char* what) const;
  std::string_view name(std::string_view table, std::uint64_t offset) const;
  const Elf64_Shdr& header(std::uint64_t number) const;
  std::string_view contents(const Elf64_Shdr& section, const char* what) const;
  void read_header();
  void read_sections();
  void read_symbols();
  void read_symbol(const Elf64_Sym& symbol, std::string_view names);
  void read_relocations(const Elf64_Shdr& table);

  std::string_view file_;
  Elf64_Ehdr file_header_{};
  std::vector<Elf64_Shdr> headers_;
  std::vector<int> loaded_;  ///< section number -> position in object_.sections, or -1
  std::optional<std::uint64_t> symbol_table_;
  ElfObject object_;
};

template <class T>
T Parser::read(std::uint64_t offset, const char* what) const {
  T value;
  std::memcpy(&value, bytes(offset, sizeof(T), what).data(), sizeof(T));
  return value;
}

std::string_view Parser::bytes(std::uint64_t offset, std::uint64_t size, const char* what) const {
  if (offset > file_.size() || size > file_.size() - offset) {
    throw Malformed{fmt::format("object is truncated: {} needs bytes {} to {}, the file has {}", what, offset,
                                offset + size, file_.size())};
  }
  return file_.substr(offset, size);
}

std::string_view Parser::name(std::string_view table, std::uint64_t offset) const {
  const std::size_t end = offset < table.size() ? table.find('\0', offset) : std::string_view::npos;
  if (end == std::string_view::npos)
    throw Malformed{fmt::format("object has a name outside its string table ({})", offset)};
  return table.substr(offset, end - offset);
}

const Elf64_Shdr& Parser::header(std::uint64_t number) const {
  if (number >= headers_.size()) {
    throw Malformed{fmt::format("object refers to section {}, but has {}", number, headers_.size())};
  }
  return headers_[number];
}

std::string_view Parser::contents(const Elf64_Shdr& section, const char* what) const {
  if (section.sh_type == SHT_NOBITS) throw Malformed{fmt::format("object's {} is empty", what)};
  return bytes(section.sh_offset, section.sh_size, what);
}

void Parser::read_header() {
  if (file_.size() < SELFMAG || file_.substr(0, SELFMAG) != ELFMAG) throw Malformed{"object is not an ELF file"};
  file_header_ = read<Elf64_Ehdr>(0, "the ELF header");
  if (file_header_.e_ident[EI_CLASS] != ELFCLASS64 || file_header_.e_ident[EI_DATA] != ELFDATA2LSB) {
    throw Malformed{"object is not a 64-bit little-endian ELF file"};
  }
  if (file_header_.e_type != ET_REL) {
    throw Malformed{
        fmt::format("object has ELF type {}, expected a relocatable object ({})", file_header_.e_type, ET_REL)};
  }
  if (file_header_.e_shnum == 0 || file_header_.e_shentsize != sizeof(Elf64_Shdr)) {
    throw Malformed{fmt::format("object has {} section headers of {} bytes, expected at least one of {}",
                                file_header_.e_shnum, file_header_.e_shentsize, sizeof(Elf64_Shdr))};
  }
  object_.machine = file_header_.e_machine;
}

/// Unwind tables and notes are marked for loading too, but nothing in a kernel refers to them.
bool is_wanted(const Elf64_Shdr& header, std::string_view name) {
  if ((header.sh_flags & SHF_ALLOC) == 0 || header.sh_size == 0) return false;
  if (header.sh_type == SHT_NOTE || header.sh_type == SHT_X86_64_UNWIND) return false;
  return name != ".eh_frame";
}

void Parser::read_sections() {
  for (std::uint64_t i = 0; i < file_header_.e_shnum; ++i) {
    headers_.push_back(read<Elf64_Shdr>(file_header_.e_shoff + i * sizeof(Elf64_Shdr), "a section header"));
  }
  loaded_.assign(headers_.size(), -1);
  const std::string_view names = contents(header(file_header_.e_shstrndx), "section name table");
  for (std::size_t i = 0; i < headers_.size(); ++i) {
    const Elf64_Shdr& h = headers_[i];
    if (h.sh_type == SHT_SYMTAB) symbol_table_ = i;
    if (h.sh_type == SHT_NULL) continue;
    const std::string_view section_name = name(names, h.sh_name);
    if (!is_wanted(h, section_name)) continue;
    if (h.sh_type != SHT_PROGBITS && h.sh_type != SHT_NOBITS) {
      throw Malformed{fmt::format("object has section {} of type {}, which can't be loaded", section_name, h.sh_type)};
    }
    if ((h.sh_flags & (SHF_TLS | SHF_COMPRESSED)) != 0) {
      throw Malformed{fmt::format("object has a thread-local or compressed section {}", section_name)};
    }
    if (h.sh_size > kMostSectionBytes || h.sh_addralign > 4096 ||
        (h.sh_addralign != 0 && !std::has_single_bit(h.sh_addralign))) {
      throw Malformed{
          fmt::format("object has section {} of {} bytes aligned to {}", section_name, h.sh_size, h.sh_addralign)};
    }
    loaded_[i] = static_cast<int>(object_.sections.size());
    ElfSection section{section_name, static_cast<int>(i), {}, h.sh_size, h.sh_addralign == 0 ? 1 : h.sh_addralign};
    if (h.sh_type == SHT_PROGBITS) section.bytes = contents(h, "a section");
    section.writable = (h.sh_flags & SHF_WRITE) != 0;
    section.executable = (h.sh_flags & SHF_EXECINSTR) != 0;
    if (section.writable && section.executable) {
      throw Malformed{fmt::format("object has section {} both writable and executable", section_name)};
    }
    object_.sections.push_back(section);
  }
}

void Parser::read_symbol(const Elf64_Sym& symbol, std::string_view names) {
  ElfSymbol out;
  out.name = name(names, symbol.st_name);
  out.value = symbol.st_value;
  out.global = ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
  if (symbol.st_shndx == SHN_UNDEF) {
    out.place = ElfSymbol::Place::undefined;
  } else if (symbol.st_shndx == SHN_ABS) {
    out.place = ElfSymbol::Place::absolute;
  } else if (symbol.st_shndx >= SHN_LORESERVE) {
    throw Malformed{fmt::format("symbol '{}' is a common or otherwise special symbol ({}), which can't be loaded",
                                out.name, symbol.st_shndx)};
  } else {
    header(symbol.st_shndx);
    out.section = loaded_[symbol.st_shndx];
    out.place = out.section < 0 ? ElfSymbol::Place::elsewhere : ElfSymbol::Place::section;
    if (out.section >= 0 && out.value > object_.sections[static_cast<std::size_t>(out.section)].size) {
      throw Malformed{fmt::format("symbol '{}' lies beyond the end of its section", out.name)};
    }
  }
  object_.symbols.push_back(out);
}

void Parser::read_symbols() {
  if (!symbol_table_) throw Malformed{"object has no symbol table"};
  const Elf64_Shdr& table = headers_[*symbol_table_];
  const std::string_view names = contents(header(table.sh_link), "symbol name table");
  contents(table, "symbol table");
  for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
    read_symbol(read<Elf64_Sym>(table.sh_offset + at, "a symbol"), names);
  }
}

void Parser::read_relocations(const Elf64_Shdr& table) {
  header(table.sh_info);
  const int section = loaded_[table.sh_info];
  if (section < 0) return;
  if (table.sh_type == SHT_REL)
    throw Malformed{"object has relocations without addends, which this machine does not use"};
  if (table.sh_link != symbol_table_) throw Malformed{"object has relocations that use another symbol table"};
  const std::uint64_t size = object_.sections[static_cast<std::size_t>(section)].bytes.size();
  contents(table, "relocation table");
  for (std::uint64_t at = 0; at + sizeof(Elf64_Rela) <= table.sh_size; at += sizeof(Elf64_Rela)) {
    const auto entry = read<Elf64_Rela>(table.sh_offset + at, "a relocation");
    const ElfRelocation relocation{section, entry.r_offset, static_cast<std::uint32_t>(ELF64_R_TYPE(entry.r_info)),
                                   static_cast<std::uint32_t>(ELF64_R_SYM(entry.r_info)), entry.r_addend};
    if (relocation.offset >= size || relocation.symbol >= object_.symbols.size()) {
      throw Malformed{fmt::format("object has a relocation at byte {} of a section of {}, of symbol {} of {}",
                                  relocation.offset, size, relocation.symbol, object_.symbols.size())};
    }
    object_.relocations.push_back(relocation);
  }
}

ElfObject Parser::parse() {
  read_header();
  read_sections();
  read_symbols();
  for (const Elf64_Shdr& h : headers_) {
    if (h.sh_type == SHT_RELA || h.sh_type == SHT_REL) read_relocations(h);
  }
  return std::move(object_);
}

}  // namespace

Result<ElfObject> parse_elf(std::string_view file) {
  try {
    return Parser(file).parse();
  } catch (const Malformed& malformed) {
    return Failure{malformed.message};
  }
}

}  // namespace tilewright::runtime
