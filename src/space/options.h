#pragma once

#include <string>
#include <string_view>

namespace tilewright::space {

/// Which search space: `ansor` is what Ansor can express and how it draws from it (docs/ansor.md §3-§5); `full` adds to
/// it.
enum class SpaceKind { ansor, full };

/// The elements of the full space; each can be switched off by its name in `parse_space`. The ansor space has none.
struct SpaceOptions {
  SpaceKind kind = SpaceKind::full;
  bool register_tile = true;  ///< "register-tile": the innermost tile from a table of what fits the registers
  bool tails = true;          ///< "tails": tile lengths that do not divide their extent
  bool cache_blocks = true;   ///< "cache-blocks": the tiles around it by what the caches hold
  bool wide_vectors = true;   ///< "wide-vectors": vectors of several registers, in untiled stages too
  bool packing = true;        ///< "packing": sketches that copy the operand of vectors, block by block
  bool balance = true;        ///< "balance": parallel loops that load all cores alike
  bool memory_hints = true;   ///< "memory-hints": weights asked for ahead or not, large results written past the caches

  static SpaceOptions ansor() { return {SpaceKind::ansor, false, false, false, false, false, false, false}; }
};

/// "ansor", "full", or "full,no-tails,no-packing". Errors: Error(usage) that names the part and what is known.
SpaceOptions parse_space(std::string_view text);
/// The text that parse_space reads back.
std::string to_text(const SpaceOptions& options);

}  // namespace tilewright::space
