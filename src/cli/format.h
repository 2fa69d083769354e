#pragma once

#include <cstdint>
#include <string>

namespace tilewright::cli {

// Quantities as people read them.

/// A run time: "1.23 ms", "45.6 us"; "-" if infinite.
std::string run_time(double seconds);
/// A wall time: "8.5 s", "3m20s", "1h05m"; "-" if infinite.
std::string wall_time(double seconds);
/// "32 KiB", "1.5 MiB".
std::string byte_count(std::int64_t bytes);
/// 0.935: "94 %".
std::string percent(double share);
/// `text` in `width` columns, its end cut off with "…" if it is longer.
std::string fitted(const std::string& text, int width);

/// The inverse of wall_time for what users type: "90s", "10m", "1h", "1h30m", "45" (seconds).
/// Errors: Error(usage).
double parse_wall_time(const std::string& text);
/// "95%", "95", "0.95": 0.95. Errors: Error(usage), which says a share of what it should be.
double parse_share(const std::string& text, std::string_view of = "the machine's peak");

}  // namespace tilewright::cli
