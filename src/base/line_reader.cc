#include "base/line_reader.h"

#include <algorithm>

namespace tilewright {

Status LineReader::fill() {
  constexpr std::size_t kChunk = 1 << 16;
  buffer_.resize(kChunk);
  at_ = 0;
  const Result<std::size_t> got = file_.read_some(offset_, buffer_);
  if (!got) return got.failure();
  buffer_.resize(*got);
  offset_ += static_cast<std::int64_t>(*got);
  return {};
}

Result<bool> LineReader::next(Line& line) {
  line_.clear();
  line = {};
  for (;;) {
    if (at_ == buffer_.size()) {
      if (const Status ok = fill(); !ok) return ok.failure();
      if (buffer_.empty()) break;
    }
    const std::size_t end = std::min(buffer_.find('\n', at_), buffer_.size());
    line.ended = end < buffer_.size();
    const std::size_t kept = std::min(end - at_, most_bytes_ - line_.size());
    line.too_long = line.too_long || kept < end - at_;
    line_.append(buffer_, at_, kept);
    at_ = line.ended ? end + 1 : end;
    if (line.ended) break;
  }
  line.text = line_;
  return line.ended || !line_.empty() || line.too_long;
}

}  // namespace tilewright
