#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tilewright {

/// An open file, closed at the end of its life. What is made of a negative number is none.
class Descriptor {
 public:
  explicit Descriptor(int file = -1) : file_(file) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }
  /// Gives the file to the caller, who closes it.
  int release() { return std::exchange(file_, -1); }

 private:
  int file_;
};

/// The text of errno.
std::string system_reason();

/// Writes all bytes, however few the system takes at once. False, with errno set, if it takes no more.
bool write_all(int file, std::string_view bytes);

}  // namespace tilewright
