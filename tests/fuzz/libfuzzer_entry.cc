// A target run by clang's libFuzzer.
#include <cstdint>
#include <cstring>

#include "base/pass_manager.h"
#include "mutate_bytes.h"
#include "target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  tilewright::passes::verify_each(true);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tilewright::fuzz::test_one_input({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned int seed) {
  tilewright::Rng rng(seed);
  if (rng.chance(0.4)) return LLVMFuzzerMutate(data, size, most);
  std::string input(reinterpret_cast<const char*>(data), size);
  if (rng.chance(0.2))
    tilewright::fuzz::mutate_lengths(input, rng);
  else
    tilewright::fuzz::mutate_form(input, rng);
  if (input.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, input.data(), input.size());
  return input.size();
}
