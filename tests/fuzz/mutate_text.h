#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "mutate_bytes.h"

namespace tilewright::fuzz {

/// Puts another number or word of the text in the place of one: words are of letters, digits, '_' and '-'.
inline void mutate_text(std::string& input, Rng& rng) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const auto any_word = [&]() -> std::pair<std::size_t, std::size_t> {
    const std::size_t from = static_cast<std::size_t>(rng.below(std::ssize(input) + 1));
    const std::size_t begin = std::min(input.find_first_of(kLetters, from), input.size());
    return {begin, std::min(input.find_first_not_of(kLetters, begin), input.size())};
  };
  const auto [begin, end] = any_word();
  const auto [other_begin, other_end] = any_word();
  const std::string other =
      rng.chance(0.5) ? input.substr(other_begin, other_end - other_begin) : std::to_string(awkward_number(rng));
  input.replace(begin, end - begin, other);
}

}  // namespace tilewright::fuzz
