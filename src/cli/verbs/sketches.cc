#include "cli/output.h"
#include "cli/space_arguments.h"
#include "cli/verb.h"
#include "schedule/codec.h"

namespace tilewright::cli {

Action declare_sketches(CLI::App& command) {
  const auto arguments = std::make_shared<SpaceArguments>();
  add_space_arguments(command, *arguments);
  return [arguments](const Common& common) {
    const std::vector<schedule::State> sketches = driver::sketches_of(arguments->request(common));
    nlohmann::json rows = nlohmann::json::array();
    for (const schedule::State& sketch : sketches) {
      const std::string printed = schedule::to_text(sketch);
      if (!common.json)
        fmt::print("sketch {} of {}\n{}{}\n\n", rows.size() + 1, sketches.size(), printed,
                   schedule::to_json(sketch.steps()).dump());
      rows.push_back({{"steps", schedule::to_json(sketch.steps())}, {"printed", printed}});
    }
    if (common.json) print_json({{"sketches", std::move(rows)}});
    return 0;
  };
}

}  // namespace tilewright::cli
