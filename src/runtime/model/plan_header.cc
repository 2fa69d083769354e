#include "runtime/model/plan_header.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/integer.h"
#include "base/json_text.h"
#include "runtime/model/check_plan.h"

namespace tilewright::runtime {
namespace {

using nlohmann::json;

json to_json(const BufferRef& ref) {
  json j = {static_cast<int>(ref.place), ref.position};
  if (ref.offset != 0) j.push_back(ref.offset);
  return j;
}

json to_json(const std::vector<Port>& ports) {
  json list = json::array();
  for (const Port& port : ports)
    list.push_back({{"name", port.name}, {"type", to_text(port.type)}, {"shape", port.shape}});
  return list;
}

/// An integer of JSON, and nothing that would have to be changed to become one.
std::int64_t integer(const json& j, std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
  if (!is_whole(j, 0, most)) throw InternalError(fmt::format("{} is no integer from 0 to {}", j.dump(), most));
  return j.get<std::int64_t>();
}

int small_integer(const json& j) { return static_cast<int>(integer(j, std::numeric_limits<int>::max())); }

std::vector<std::int64_t> shape_from(const json& j) {
  std::vector<std::int64_t> shape;
  for (const json& extent : j) shape.push_back(integer(extent));
  return shape;
}

DType type_from(const json& j) {
  const std::optional<DType> type = parse_dtype(j.get<std::string>());
  if (!type) throw InternalError(fmt::format("{} is no element type", j.dump()));
  return *type;
}

BufferRef ref_from(const json& j) {
  const std::int64_t place = integer(j.at(0), static_cast<int>(BufferRef::Place::output));
  return {static_cast<BufferRef::Place>(place), integer(j.at(1)), j.size() > 2 ? integer(j.at(2)) : 0};
}

std::vector<Port> ports_from(const json& j) {
  std::vector<Port> ports;
  for (const json& port : j)
    ports.push_back({port.at("name"), type_from(port.at("type")), shape_from(port.at("shape"))});
  return ports;
}

Tensor constant_from(const json& j, Sections& sections) {
  const DType type = type_from(j.at("type"));
  std::vector<std::int64_t> shape = shape_from(j.at("shape"));
  const std::string_view bytes = sections.next(checked_bytes(type, shape));
  return Tensor::view(type, std::move(shape), const_cast<char*>(bytes.data()));  // never written
}

KernelCall call_from(const json& j) {
  KernelCall call{small_integer(j.at("object")), j.at("symbol"), {}, j.at("description")};
  for (const json& ref : j.at("buffers")) call.buffers.push_back(ref_from(ref));
  return call;
}

}  // namespace

std::string header_of(const ModelPlan& plan) {
  json header{{"target", plan.target},          {"features", plan.required_features}, {"flops", plan.flops},
              {"inputs", to_json(plan.inputs)}, {"outputs", to_json(plan.outputs)},   {"arena_bytes", plan.arena_bytes},
              {"objects", json::array()},       {"constants", json::array()},         {"calls", json::array()},
              {"copies", json::array()}};
  for (const std::string& object : plan.objects) header["objects"].push_back(object.size());
  for (const Tensor& constant : plan.constants)
    header["constants"].push_back({{"type", to_text(constant.type())}, {"shape", constant.shape()}});
  for (const KernelCall& call : plan.calls) {
    json buffers = json::array();
    for (const BufferRef& ref : call.buffers) buffers.push_back(to_json(ref));
    header["calls"].push_back(
        {{"object", call.object}, {"symbol", call.symbol}, {"buffers", buffers}, {"description", call.description}});
  }
  for (const OutputCopy& copy : plan.copies)
    header["copies"].push_back({{"from", to_json(copy.from)}, {"output", copy.output}});
  return header.dump();
}

std::string_view Sections::next(std::int64_t bytes) {
  const auto length = static_cast<std::size_t>(bytes);
  if (length > bytes_.size())
    throw InternalError(fmt::format("a section has {} bytes, of which {} are there", bytes, bytes_.size()));
  const std::string_view section = bytes_.substr(0, length);
  bytes_.remove_prefix(std::min(bytes_.size(), static_cast<std::size_t>(round_up(bytes, kSectionAlignment))));
  return section;
}

ModelPlan plan_of(std::string_view text, Sections objects, Sections constants) {
  const json header = json::parse(text);
  ModelPlan plan;
  plan.target = header.at("target");
  plan.required_features = header.at("features").get<std::vector<std::string>>();
  plan.flops = header.at("flops").get<double>();
  plan.inputs = ports_from(header.at("inputs"));
  plan.outputs = ports_from(header.at("outputs"));
  plan.arena_bytes = integer(header.at("arena_bytes"));
  for (const json& bytes : header.at("objects")) plan.objects.emplace_back(objects.next(integer(bytes)));
  for (const json& constant : header.at("constants")) plan.constants.push_back(constant_from(constant, constants));
  if (!objects.at_end() || !constants.at_end()) throw InternalError("there are bytes that belong to nothing");
  for (const json& call : header.at("calls")) plan.calls.push_back(call_from(call));
  for (const json& copy : header.at("copies"))
    plan.copies.push_back({ref_from(copy.at("from")), small_integer(copy.at("output"))});
  return plan;
}

}  // namespace tilewright::runtime
