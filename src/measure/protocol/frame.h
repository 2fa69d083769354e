#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tilewright::measure {

/// What tuner and worker say to each other, in native byte order: both are the same build on the same machine.
enum class FrameKind : std::uint32_t { hello = 1, task, reference, run, reply, remeasure, remeasure_reply };

struct Frame {
  FrameKind kind{};
  std::string payload;
};

/// Appends values to a payload: plain data as it is, texts and lists with their length, and messages by `fields(coder,
/// message)`, which hands every field to the coder in order.
class Encoder {
 public:
  template <class T>
  void operator()(const T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
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

/// Reads them back in the same order. Past the end, or where a length can't be right, everything reads as empty and
/// `complete()` is false.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      const std::string_view bytes = take(sizeof value);
      if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    } else {
      fields(*this, value);
    }
  }
  void operator()(bool& flag) {
    std::uint8_t byte = 0;
    (*this)(byte);
    if (byte > 1) ok_ = false;
    flag = byte == 1;
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

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

enum class Transfer : std::uint8_t { done, closed, late, malformed };

/// Sends one frame over a stream socket; does not raise SIGPIPE.
Transfer send_frame(int socket, const Frame& frame, Deadline deadline = kNoDeadline);
/// Receives one; a frame longer than `most_bytes` is malformed.
Transfer receive_frame(int socket, Frame& frame, std::uint64_t most_bytes, Deadline deadline = kNoDeadline);

}  // namespace tilewright::measure
