#include "driver/doctor.h"

#include "base/error.h"
#include "cli/output.h"
#include "cli/verb.h"

namespace tilewright::cli {
namespace {

nlohmann::json to_json(const std::vector<driver::Finding>& findings) {
  nlohmann::json rows = nlohmann::json::array();
  for (const driver::Finding& f : findings)
    rows.push_back(
        {{"check", f.check}, {"severity", driver::to_text(f.severity)}, {"found", f.found}, {"mend", f.mend}});
  return {{"ok", driver::is_healthy(findings)}, {"findings", std::move(rows)}};
}

void print_text(const std::vector<driver::Finding>& findings) {
  for (const driver::Finding& f : findings) {
    fmt::print("{:<8} {:<12} {}\n", driver::to_text(f.severity), f.check, f.found);
    if (!f.mend.empty()) fmt::print("{:<21} -> {}\n", "", f.mend);
  }
}

}  // namespace

Action declare_doctor(CLI::App&) {
  return [](const Common& common) {
    const std::vector<driver::Finding> findings = driver::examine();
    if (common.json)
      print_json(to_json(findings));
    else
      print_text(findings);
    return driver::is_healthy(findings) ? 0 : static_cast<int>(Code::check_failed);
  };
}

}  // namespace tilewright::cli
