#include "space/options.h"

#include <array>

#include "base/error.h"

namespace tilewright::space {
namespace {

struct Element {
  std::string_view name;
  bool SpaceOptions::* on;
};
constexpr std::array<Element, 7> kElements{{{"register-tile", &SpaceOptions::register_tile},
                                            {"tails", &SpaceOptions::tails},
                                            {"cache-blocks", &SpaceOptions::cache_blocks},
                                            {"wide-vectors", &SpaceOptions::wide_vectors},
                                            {"packing", &SpaceOptions::packing},
                                            {"balance", &SpaceOptions::balance},
                                            {"memory-hints", &SpaceOptions::memory_hints}}};

std::string known_parts() {
  std::string names;
  for (const Element& element : kElements) names += fmt::format(", no-{}", element.name);
  return names.substr(2);
}

}  // namespace

SpaceOptions parse_space(std::string_view text) {
  if (text == "ansor") return SpaceOptions::ansor();
  const std::string_view kind = text.substr(0, text.find(','));
  if (kind != "full") throw Error(Code::usage, "space {} is not known; there are: ansor, full", text);
  SpaceOptions options;
  for (std::size_t begin = kind.size(); begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin + 1), text.size());
    const std::string_view part = text.substr(begin + 1, end - begin - 1);
    const Element* found = nullptr;
    for (const Element& element : kElements)
      if (part.starts_with("no-") && part.substr(3) == element.name) found = &element;
    if (!found) throw Error(Code::usage, "space {}: part {} is not known; there are: {}", text, part, known_parts());
    options.*found->on = false;
    begin = end;
  }
  return options;
}

std::string to_text(const SpaceOptions& options) {
  if (options.kind == SpaceKind::ansor) return "ansor";
  std::string text = "full";
  for (const Element& element : kElements)
    if (!(options.*element.on)) text += fmt::format(",no-{}", element.name);
  return text;
}

}  // namespace tilewright::space
