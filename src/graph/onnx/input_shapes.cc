#include "graph/onnx/input_shapes.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/shape_text.h"

namespace tilewright::graph {
namespace {

using Inputs = std::span<const onnx::ValueInfoProto* const>;
using Dimension = onnx::TensorShapeProto_Dimension;

const onnx::TypeProto_Tensor& type_of(const onnx::ValueInfoProto& input) { return input.type().tensor_type(); }

/// What a user gave for one input, and what to call it.
struct Given {
  Shape shape;
  std::string_view by;
};
std::optional<Given> given(Inputs inputs, std::size_t i, const ImportOptions& options) {
  const auto name_of = [](const onnx::ValueInfoProto* input) -> const std::string& { return input->name(); };
  if (const auto named = options.shapes.find(name_of(inputs[i])); named != options.shapes.end())
    return Given{named->second, "--shape gives"};
  for (const FedArray& array : options.fed)
    if (array.name == name_of(inputs[i])) return Given{array.shape, "the data gives"};
  for (const FedArray& array : options.fed)
    if (array.position == i && std::ranges::find(inputs, array.name, name_of) == inputs.end())
      return Given{array.shape, "the data gives"};
  return std::nullopt;
}

bool fits(const Shape& shape, const onnx::TypeProto_Tensor& type) {
  if (!type.has_shape()) return true;
  return std::ranges::equal(shape, type.shape().dim(), [](std::int64_t extent, const Dimension& dim) {
    return extent >= 0 && (!dim.has_dim_value() || dim.dim_value() < 1 || dim.dim_value() == extent);
  });
}

/// The names of an input's dimensions in a given shape. Exporters write "?" for dimensions that they know nothing of,
/// or one name for several that have nothing to do with each other: such say nothing.
std::map<std::string, std::int64_t> extents_of_names(const onnx::TypeProto_Tensor& type, const Shape& shape) {
  std::map<std::string, std::int64_t> extents;
  std::set<std::string> ambiguous{"", "?"};
  for (int d = 0; d < std::min(static_cast<int>(std::ssize(shape)), type.shape().dim_size()); ++d) {
    const std::int64_t extent = shape[static_cast<std::size_t>(d)];
    const auto [known, is_new] = extents.try_emplace(type.shape().dim(d).dim_param(), extent);
    if (!is_new && known->second != extent) ambiguous.insert(known->first);
  }
  std::erase_if(extents, [&](const auto& entry) { return ambiguous.contains(entry.first); });
  return extents;
}

/// Extents of dimensions with a name, and which input they are known from.
class NamedDimensions {
 public:
  /// Takes those of a given shape; what it contradicts is added to `problems`.
  void add(const onnx::ValueInfoProto& input, const Shape& shape, std::vector<std::string>& problems) {
    for (const auto& [name, extent] : extents_of_names(type_of(input), shape)) {
      const auto [known, is_new] = known_.try_emplace(name, Extent{extent, input.name()});
      if (!is_new && known->second.extent != extent)
        problems.push_back(fmt::format("dimension '{}' is {} by the shape of input '{}', but {} by that of '{}'", name,
                                       known->second.extent, known->second.input, extent, input.name()));
    }
  }
  /// -1 where it is open.
  std::int64_t extent(const Dimension& dim) const {
    if (dim.has_dim_value()) return dim.dim_value();
    const auto known = known_.find(dim.dim_param());
    return known == known_.end() ? -1 : known->second.extent;
  }

 private:
  struct Extent {
    std::int64_t extent;
    std::string input;
  };
  std::map<std::string, Extent> known_;
};

std::string open_inputs(Inputs inputs, const std::vector<bool>& is_open) {
  std::vector<std::string> names, examples;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!is_open[i]) continue;
    const auto& type = type_of(*inputs[i]);
    names.push_back(fmt::format("'{}' {}", inputs[i]->name(), type.has_shape() ? declared_shape(type) : "(no shape)"));
    examples.push_back(fmt::format("--shape {}:{}", inputs[i]->name(), example_shape(type)));
  }
  return fmt::format("input{} {} with open dimensions: give them, for example, as {}", names.size() == 1 ? "" : "s",
                     fmt::join(names, ", "), fmt::join(examples, " "));
}

}  // namespace

Result<std::vector<Shape>> input_shapes(Inputs inputs, const ImportOptions& options) {
  std::vector<std::optional<Given>> givens;
  std::vector<std::string> problems;
  NamedDimensions named;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::optional<Given>& one = givens.emplace_back(given(inputs, i, options));
    if (one && !fits(one->shape, type_of(*inputs[i])))
      problems.push_back(fmt::format("{} input '{}' the shape {}, but the model declares {}", one->by,
                                     inputs[i]->name(), shape_text(one->shape), declared_shape(type_of(*inputs[i]))));
    if (one) named.add(*inputs[i], one->shape, problems);
  }
  if (!problems.empty()) return failure("{}", fmt::join(problems, "; "));

  std::vector<Shape> shapes;
  std::vector<bool> is_open;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Shape& shape = shapes.emplace_back();
    const auto& type = type_of(*inputs[i]);
    if (givens[i])
      shape = givens[i]->shape;
    else
      for (const Dimension& dim : type.shape().dim()) shape.push_back(named.extent(dim));
    is_open.push_back((!givens[i] && !type.has_shape()) || std::ranges::any_of(shape, [](auto x) { return x < 0; }));
  }
  if (std::ranges::find(is_open, true) != is_open.end()) return failure("{}", open_inputs(inputs, is_open));
  return shapes;
}

std::string declared_shape(const onnx::TypeProto_Tensor& type) {
  std::vector<std::string> dims;
  for (const Dimension& dim : type.shape().dim())
    dims.push_back(dim.has_dim_value() ? std::to_string(dim.dim_value()) : dim.has_dim_param() ? dim.dim_param() : "?");
  return fmt::format("[{}]", fmt::join(dims, ", "));
}

/// A heuristic: one item of a batch, images of the usual size, short sequences.
std::string example_shape(const onnx::TypeProto_Tensor& type) {
  constexpr std::int64_t kImage = 224, kSequence = 16;
  if (!type.has_shape()) return "1x3x224x224";
  const int rank = type.shape().dim_size();
  Shape shape;
  for (const Dimension& dim : type.shape().dim())
    shape.push_back(dim.dim_value() > 0 ? dim.dim_value() : shape.empty() ? 1 : rank == 4 ? kImage : kSequence);
  return shape_text(shape);
}

}  // namespace tilewright::graph
