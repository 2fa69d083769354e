#include "mutate_bytes.h"

#include <algorithm>
#include <limits>

namespace tilewright::fuzz {
namespace {

std::size_t position(const std::string& input, Rng& rng) {
  return static_cast<std::size_t>(rng.below(std::ssize(input) + 1));
}

std::string piece_of(const std::string& input, Rng& rng) {
  const std::size_t begin = position(input, rng);
  return input.substr(begin, static_cast<std::size_t>(rng.between(1, 40)));
}

std::string little_endian(std::uint64_t number, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

std::string varint(std::uint64_t number) {
  std::string text;
  for (; number >= 0x80; number >>= 7) text += static_cast<char>(number | 0x80);
  return text + static_cast<char>(number);
}

}  // namespace

void mutate_lengths(std::string& input, Rng& rng) {
  const std::size_t at = position(input, rng);
  const auto number = static_cast<std::uint64_t>(awkward_number(rng));
  if (rng.chance(0.4)) {
    const std::string bytes = little_endian(number, std::size_t{1} << rng.below(4));
    input.replace(at, bytes.size(), rng.chance(0.8) ? bytes : std::string(bytes.rbegin(), bytes.rend()));
  } else if (rng.chance(0.5)) {
    input.replace(at, 1, varint(number));
  } else {
    const std::size_t most = rng.chance(0.01) ? kMostBytes : 1 << 14;
    if (input.size() >= most) return;
    const std::size_t bytes = std::min(most - input.size(), std::size_t{1} << rng.below(27));
    const std::string piece =
        rng.chance(0.5) ? piece_of(input, rng) : std::string(1, static_cast<char>(rng.below(256)));
    std::string run;
    run.reserve(bytes + piece.size());
    while (run.size() < bytes && !piece.empty()) run += piece;
    input.insert(at, run);
  }
}

void mutate_bytes(std::string& input, const std::vector<std::string>& inputs, Rng& rng) {
  const std::size_t at = position(input, rng);
  switch (rng.below(7)) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << rng.below(8)));
      break;
    case 1:
      if (at < input.size()) input[at] = static_cast<char>(rng.below(256));
      break;
    case 2:
      input.insert(at, 1, static_cast<char>(rng.below(256)));
      break;
    case 3:
      input.erase(at, static_cast<std::size_t>(rng.between(1, 8)));
      break;
    case 4:
      input.insert(at, piece_of(input, rng));
      break;
    case 5:
      if (rng.chance(0.2)) input.resize(at);
      break;
    default: {
      const std::string& other = inputs[static_cast<std::size_t>(rng.below(std::ssize(inputs)))];
      if (rng.chance(0.5))
        input.insert(at, piece_of(other, rng));
      else
        input = input.substr(0, at) + other.substr(position(other, rng));
    }
  }
}

std::int64_t awkward_number(Rng& rng) {
  switch (rng.below(4)) {
    case 0:
      return rng.between(-3, 40);
    case 1:
      return (std::int64_t{1} << rng.below(63)) + rng.between(-1, 1);
    case 2:
      return rng.chance(0.5) ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
    default:
      return -(std::int64_t{1} << rng.below(63));
  }
}

}  // namespace tilewright::fuzz
