#include "mutate_bytes.h"

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

}  // namespace

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
