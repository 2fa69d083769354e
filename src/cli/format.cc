#include "cli/format.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"

namespace tilewright::cli {
namespace {

/// Reads a number at the start of `text` and moves past it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value) || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> seconds_per(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string run_time(double seconds) {
  if (!std::isfinite(seconds) || seconds >= 1e9) return "-";
  if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.4g} ms", seconds * 1e3);
  return fmt::format("{:.4g} us", seconds * 1e6);
}

std::string wall_time(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole % 3600 / 60);
}

std::string byte_count(std::int64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"B", "KiB", "MiB", "GiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  return fmt::format("{:.4g} {}", amount, kUnits[unit]);
}

std::string percent(double share) { return fmt::format("{:.0f} %", share * 100); }

std::string fitted(const std::string& text, int width) {
  if (static_cast<int>(text.size()) <= width) return fmt::format("{:<{}}", text, width);
  return text.substr(0, static_cast<std::size_t>(width - 1)) + "…";
}

double parse_wall_time(const std::string& text) {
  std::string_view rest = text;
  double seconds = 0;
  bool valid = !rest.empty();
  while (valid && !rest.empty()) {
    const std::optional<double> number = take_number(rest);
    const std::optional<double> unit = rest.empty() ? std::optional<double>(1) : seconds_per(rest.front());
    valid = number && unit;
    if (!valid) break;
    seconds += *number * *unit;
    if (!rest.empty()) rest.remove_prefix(1);
  }
  if (!valid || seconds <= 0 || !std::isfinite(seconds))
    throw Error(Code::usage, "'{}' is not a time; write it like 90s, 10m or 1h30m", text);
  return seconds;
}

double parse_share(const std::string& text, std::string_view of) {
  std::string_view rest = text;
  const std::optional<double> number = take_number(rest);
  const bool in_percent = rest == "%" || (number && *number > 1);
  if (!number || (!rest.empty() && rest != "%") || *number <= 0 || (in_percent ? *number > 100 : *number > 1))
    throw Error(Code::usage, "'{}' is not a share of {}; write it like 95%", text, of);
  return in_percent ? *number / 100 : *number;
}

}  // namespace tilewright::cli
