#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tilewright::measure {

// How values are written, whatever machine writes them: integers in little-endian order and their own width, floats as
// their IEEE bits, a bool or an enumerator as one byte, texts and lists behind their length in 8 bytes, a message as
// its fields in order. What is read is checked, so every payload that is taken is the one that its message is written
// as.

/// Enumerators of E, which are 0 … count_of - 1. Specialized for each enum in a message.
template <class E>
inline constexpr int kEnumerators = 0;

template <class T>
concept Scalar = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

template <class T>
using BitsOf =
    std::conditional_t<sizeof(T) == 8, std::uint64_t, std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint8_t>>;

/// Appends values to a payload; messages by `fields(coder, message)`, which hands every field to the coder in order.
class Encoder {
 public:
  template <class T>
  void operator()(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      static_assert(kEnumerators<T> > 0 && kEnumerators<T> <= 256);
      (*this)(static_cast<std::uint8_t>(value));
    } else if constexpr (std::is_same_v<T, bool>) {
      (*this)(static_cast<std::uint8_t>(value));
    } else if constexpr (Scalar<T>) {
      auto bits = std::bit_cast<BitsOf<T>>(value);
      for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes_ += static_cast<char>(static_cast<std::uint64_t>(bits) >> (8 * i));
    } else {
      fields(*this, const_cast<T&>(value));  // one list of fields serves both ways; this way only reads
    }
  }
  void operator()(const std::string& text) {
    (*this)(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }
  template <class T>
  void operator()(const std::vector<T>& list) {
    (*this)(static_cast<std::uint64_t>(list.size()));
    for (const T& item : list) (*this)(item);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads them back in the same order. Past the end, or where a value can't be right, everything reads as empty and
/// `complete()` is false.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(byte_below(kEnumerators<T>));
    } else if constexpr (std::is_same_v<T, bool>) {
      value = byte_below(2) == 1;
    } else if constexpr (Scalar<T>) {
      std::uint64_t bits = 0;
      const std::string_view bytes = take(sizeof(T));
      for (std::size_t i = 0; i < bytes.size(); ++i)
        bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
      value = std::bit_cast<T>(static_cast<BitsOf<T>>(bits));
    } else {
      fields(*this, value);
    }
  }
  void operator()(std::string& text) { text = take(length()); }
  template <class T>
  void operator()(std::vector<T>& list) {
    const std::uint64_t size = length();  // every item takes a byte at least, so a wrong size can't exhaust memory
    list.clear();
    for (std::uint64_t i = 0; i < size && ok_; ++i) (*this)(list.emplace_back());
  }
  /// Everything was there, and nothing is left.
  bool complete() const { return ok_ && rest_.empty(); }

 private:
  std::uint64_t length() {
    std::uint64_t size = 0;
    (*this)(size);
    if (size > rest_.size()) ok_ = false;
    return ok_ ? size : 0;
  }
  std::uint8_t byte_below(int count) {
    std::uint8_t byte = 0;
    (*this)(byte);
    if (byte >= count) ok_ = false;
    return ok_ ? byte : 0;
  }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace tilewright::measure
