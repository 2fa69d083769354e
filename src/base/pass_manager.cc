#include "base/pass_manager.h"

#include <algorithm>
#include <optional>

namespace tilewright {
namespace passes {
namespace {

#ifdef NDEBUG
constexpr unsigned kAtStart = 0;
#else
constexpr unsigned kAtStart = kVerify;
#endif
std::atomic<unsigned> used = kAtStart;
std::atomic<bool> has_seed = false;
std::atomic<std::uint64_t> seed_of_run = 0;

void use(Instrument instrument, bool on) {
  if (on)
    used.fetch_or(instrument);
  else
    used.fetch_and(~static_cast<unsigned>(instrument));
}

}  // namespace

void verify_each(bool on) { use(kVerify, on); }
void time_each(bool on) { use(kTime, on); }
void name_seed(std::uint64_t seed) {
  seed_of_run = seed;
  has_seed = true;
}
unsigned instruments() { return used.load(std::memory_order_relaxed); }

}  // namespace passes

std::vector<std::string_view> PassList::names() const {
  std::vector<std::string_view> names;
  for (const auto& entry : entries_)
    if (std::find(names.begin(), names.end(), entry->name) == names.end()) names.push_back(entry->name);
  return names;
}

bool PassList::has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->name == name; });
}

bool PassList::is_needed(std::string_view name) const { return entry(position(name)).needed; }

void PassList::switch_pass(std::string_view name, bool on) {
  TW_CHECK(on || !is_needed(name), "the {} pass {} is needed", level_, name);
  for (const auto& entry : entries_)
    if (entry->name == name) entry->off = !on;
}

std::vector<PassTime> PassList::times() const {
  constexpr double kSeconds = 1e-9;  // a nanosecond
  std::vector<PassTime> times;
  for (const std::string_view name : names()) {
    PassTime& sum = times.emplace_back(PassTime{level_, name});
    for (const auto& entry : entries_) {
      if (entry->name != name) continue;
      sum.calls += entry->calls.load();
      sum.total_s += kSeconds * static_cast<double>(entry->nanoseconds.load());
    }
  }
  return times;
}

PassList::Entry& PassList::add(std::string_view name, bool needed) {
  entries_.push_back(std::make_unique<Entry>());
  entries_.back()->name = name;
  entries_.back()->needed = needed;
  return *entries_.back();
}

std::size_t PassList::position(std::string_view name) const {
  const auto at =
      std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->name == name; });
  TW_CHECK(at != entries_.end(), "there is no {} pass {}", level_, name);
  return static_cast<std::size_t>(at - entries_.begin());
}

void PassList::fail(const Entry& pass, const std::string& why, const std::string& before,
                    const std::string& after) const {
  const std::string seed = passes::has_seed ? fmt::format(", seed {}", passes::seed_of_run.load()) : "";
  throw InternalError(fmt::format("the {} pass {} broke the program{}: {}\nbefore:\n{}after:\n{}", level_, pass.name,
                                  seed, why, before, after));
}

}  // namespace tilewright
