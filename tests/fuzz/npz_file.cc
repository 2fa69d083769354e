// .npz files: arrays whose data a port asks for, and headers of the others.
#include <zip.h>

#include <algorithm>

#include "driver/tensors/npy.h"
#include "driver/tensors/npz.h"
#include "memory_file.h"
#include "mutate_bytes.h"
#include "target.h"

namespace tilewright::fuzz {
namespace {

const std::vector<runtime::Port> kPorts{
    {"x", DType::f32, {2, 3}}, {"mask", DType::boolean, {4}}, {"index", DType::i64, {}}, {"none", DType::f64, {0, 7}}};

using Arrays = std::vector<std::pair<std::string, std::string>>;  ///< .npy bytes by name

/// Nothing: it is no archive.
Arrays unpacked(const std::string& bytes) {
  Arrays arrays;
  zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  zip_t* const archive = zip_open_from_source(source, ZIP_RDONLY, nullptr);
  if (archive == nullptr) return zip_source_free(source), arrays;
  for (zip_int64_t i = 0; i < std::min<zip_int64_t>(zip_get_num_entries(archive, 0), 16); ++i) {
    const char* const name = zip_get_name(archive, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    zip_file_t* const file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    if (name == nullptr || file == nullptr) continue;
    std::string content(1 << 16, '\0');
    content.resize(static_cast<std::size_t>(std::max<zip_int64_t>(zip_fread(file, content.data(), content.size()), 0)));
    arrays.emplace_back(name, std::move(content));
    zip_fclose(file);
  }
  zip_discard(archive);
  return arrays;
}

std::string packed(const Arrays& arrays, bool compressed) {
  zip_source_t* const source = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(source);
  zip_t* const archive = zip_open_from_source(source, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : arrays) {
    zip_source_t* const data = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), data, ZIP_FL_OVERWRITE);
    if (index < 0)
      zip_source_free(data);
    else
      zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                               0);
  }
  std::string bytes;
  if (zip_close(archive) != 0) zip_discard(archive);
  zip_stat_t stat;
  if (zip_source_stat(source, &stat) == 0 && zip_source_open(source) == 0) {
    bytes.resize(stat.size);
    bytes.resize(
        static_cast<std::size_t>(std::max<zip_int64_t>(zip_source_read(source, bytes.data(), bytes.size()), 0)));
    zip_source_close(source);
  }
  zip_source_free(source);
  return bytes;
}

}  // namespace

std::vector<std::string> seeds() {
  Arrays arrays{{"other.npy", driver::to_npy(runtime::Tensor(DType::i32, {5}))}};
  for (const runtime::Port& port : kPorts)
    arrays.emplace_back(port.name + ".npy", driver::to_npy(runtime::Tensor(port.type, port.shape)));
  return {packed(arrays, /*compressed=*/false), packed(arrays, /*compressed=*/true)};
}

void test_one_input(std::string_view input) {
  const MemoryFile file(input);
  try {
    driver::npz_arrays(file.path());
    driver::read_npz(file.path(), kPorts);
  } catch (const Error&) {
  }
}

/// Another number in the header of an array, or a byte of it, with checksums that are right.
void mutate_form(std::string& input, Rng& rng) {
  Arrays arrays = unpacked(input);
  if (arrays.empty()) return;
  auto& [name, content] = arrays[static_cast<std::size_t>(rng.below(std::ssize(arrays)))];
  const std::size_t digit = content.find_first_of("0123456789", static_cast<std::size_t>(rng.below(120)));
  if (digit < content.size() && rng.chance(0.6))
    content.replace(digit, 1, std::to_string(awkward_number(rng)));
  else if (rng.chance(0.1))
    name = kPorts[static_cast<std::size_t>(rng.below(std::ssize(kPorts)))].name + ".npy";
  else
    mutate_bytes(content, {content}, rng);
  if (std::string bytes = packed(arrays, rng.chance(0.5)); !bytes.empty()) input = std::move(bytes);
}

}  // namespace tilewright::fuzz
