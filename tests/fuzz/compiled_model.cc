// Compiled models: runtime::Model::load, of files whose lengths and checksums are right whatever else is wrong. They
// are not run: the code may be changed, too, and it is trusted.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "memory_file.h"
#include "mutate_bytes.h"
#include "runtime/model/model.h"
#include "support/model_bytes.h"
#include "support/mutate_json.h"
#include "support/object_files.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

using runtime::BufferRef;
using Place = BufferRef::Place;

runtime::ModelPlan small_plan() {
  runtime::ModelPlan plan;
  plan.target = "any";
  plan.inputs = {{"x", DType::f32, {8}}};
  plan.outputs = {{"y", DType::f32, {8}}, {"z", DType::f32, {2, 4}}};
  plan.constants = {runtime::Tensor(DType::f32, {8})};
  plan.arena_bytes = 64;
  plan.objects = {support::test_object("kernels.c")};
  plan.calls = {{0, "tw_add8", {{Place::input, 0}, {Place::constant, 0}, {Place::arena, 0}}, "add 8"},
                {0, "tw_double8", {{Place::arena, 0}, {Place::output, 0}}, "double 8"}};
  plan.copies = {{{Place::input, 0}, 1}};
  return plan;
}

}  // namespace

std::vector<std::string> seeds() {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("tilewright_fuzz_model_{}", ::getpid());
  runtime::Model(small_plan()).save(path);
  std::string bytes = read_file(path);
  std::filesystem::remove(path);
  return {std::move(bytes)};
}

void test_one_input(std::string_view input) {
  static const MemoryFile file;
  const auto load = [&](std::string_view bytes) {
    file.fill(bytes);
    try {
      runtime::Model::load(file.path());
    } catch (const Error&) {
    } catch (const std::bad_alloc&) {
    }
  };
  load(input);
  if (const std::optional<ModelBytes> parts = ModelBytes::parse(std::string(input))) load(parts->file());
}

/// Another value in the header.
void mutate_form(std::string& input, Rng& rng) {
  std::optional<ModelBytes> parts = ModelBytes::parse(input);
  nlohmann::json header = nlohmann::json::parse(parts ? parts->header : "", nullptr, false);
  if (header.is_discarded()) return;
  mutate_json(header, rng);
  parts->header = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  input = parts->file();
}

}  // namespace tilewright::fuzz
