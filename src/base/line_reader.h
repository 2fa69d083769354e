#pragma once

#include <string>
#include <string_view>

#include "base/input_file.h"

namespace tilewright {

/// A record has some KiB; a line of this length is none.
inline constexpr std::size_t kMostLineBytes = std::size_t{1} << 20;

/// The lines of a file, one at a time, so that it takes no more memory than its longest line may have.
class LineReader {
 public:
  explicit LineReader(InputFile file, std::size_t most_bytes = kMostLineBytes)
      : file_(std::move(file)), most_bytes_(most_bytes) {}

  struct Line {
    std::string_view text;  ///< without its end; valid until the next one is read
    bool ended = false;     ///< by a line break
    bool too_long = false;  ///< `text` is its start
  };
  /// False: there is none left. Failure: why the file can't be read.
  Result<bool> next(Line& line);

 private:
  Status fill();

  InputFile file_;
  std::size_t most_bytes_;
  std::int64_t offset_ = 0;
  std::string buffer_, line_;
  std::size_t at_ = 0;  ///< in buffer_
};

}  // namespace tilewright
