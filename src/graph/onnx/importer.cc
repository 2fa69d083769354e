#include "graph/onnx/importer.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/integer.h"
#include "base/shape_text.h"
#include "base/utf8.h"
#include "graph/empty.h"
#include "graph/onnx/input_shapes.h"
#include "graph/onnx/live_nodes.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {
namespace {

constexpr TensorId kUnknown = -2;  // -1 is an optional input left out

/// An input of the node has no known value, because of a problem reported before.
struct InputUnknown {};

bool is_own_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

}  // namespace

std::string name_of(const onnx::NodeProto& node) {
  if (!node.name().empty()) return node.name();
  return node.output_size() > 0 ? node.output(0) : "(unnamed)";
}

Importer::Importer(onnx::ModelProto& model, const std::filesystem::path& path, const ImportOptions& options)
    : model_(model), path_(path), external_(path.parent_path(), options.external_data) {
  read_opset();
  const onnx::GraphProto& graph = model_.graph();
  live_ = live_nodes(graph);
  for (int i = 0; i < graph.node_size(); ++i)
    if (live_[static_cast<std::size_t>(i)])
      for_each_read(graph.node(i), [&](const std::string& name) { read_names_.insert(name); });
  for (const onnx::ValueInfoProto& output : graph.output()) read_names_.insert(output.name());
  for (const auto* values : {&graph.value_info(), &graph.output()})
    for (const onnx::ValueInfoProto& value : *values)
      if (value.type().tensor_type().has_shape()) declared_[value.name()] = &value.type().tensor_type();
  read_weights();
  read_inputs(options);
  read_nodes();
  read_outputs();
}

void Importer::read_opset() {
  for (const onnx::OperatorSetIdProto& set : model_.opset_import())
    if (is_own_domain(set.domain())) opset_ = static_cast<int>(std::clamp<std::int64_t>(set.version(), 0, 1 << 30));
  if (opset_ == 0) fail("it does not say which ONNX operator set it uses; export it again");
  if (opset_ < kOldestOpset)
    fail("it uses operator set {}, supported are {} to {}; convert it with onnx.version_converter", opset_,
         kOldestOpset, kNewestOpset);
  if (opset_ > kNewestOpset)
    fail("it uses operator set {}, supported are {} to {}; export it with opset_version={}", opset_, kOldestOpset,
         kNewestOpset, kNewestTestedOpset);
  if (opset_ > kNewestTestedOpset)
    notes_.push_back(fmt::format(
        "operator set {} is newer than the tested {}; the meaning of the operators used did not change since", opset_,
        kNewestTestedOpset));
}

void Importer::read_weights() {
  for (onnx::TensorProto& proto : *model_.mutable_graph()->mutable_initializer()) {
    if (read_names_.count(proto.name()) == 0) continue;
    Result<runtime::Tensor> tensor = read_tensor(proto, external_);
    if (!tensor) problems_.push_back({"weight", "", proto.name(), tensor.message(), false});
    values_[proto.name()] = tensor ? graph_.add_constant(proto.name(), std::move(*tensor)) : surrogate(proto);
    std::string().swap(*proto.mutable_raw_data());  // one copy of large weights is enough
  }
  if (model_.graph().sparse_initializer_size() > 0) fail("sparse weights are not supported, store them dense");
}

/// Numbers of the same shape in place of a weight of a type that is not supported, to go on checking with.
TensorId Importer::surrogate(const onnx::TensorProto& weight) {
  const Shape shape{weight.dims().begin(), weight.dims().end()};
  const bool is_half = weight.data_type() == onnx::TensorProto::FLOAT16;
  if (!is_half || !check_indexable(shape) || product(shape) > OnnxNode::kLargestTable) return kUnknown;
  return graph_.add_constant(weight.name(), runtime::Tensor(DType::f32, shape));
}

/// A tensor of the type that the file declares in place of one that a node with a problem computes. Integers may be
/// needed at compile time, so they stay unknown.
TensorId Importer::surrogate(const std::string& name) {
  const auto found = declared_.find(name);
  if (found == declared_.end()) return kUnknown;
  const int declared = found->second->elem_type();
  const std::optional<DType> type = declared == onnx::TensorProto::FLOAT16 ? DType::f32 : dtype_of(declared);
  Shape shape;
  for (const auto& dim : found->second->shape().dim()) shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  if (!type || !is_float(*type) || !check_indexable(shape)) return kUnknown;
  return graph_.add_result(name, {*type, shape});
}

/// Names of inputs and outputs stand in compiled models and .npz files.
void Importer::require_text(std::string_view what, const std::string& name) const {
  if (!is_utf8(name) || name.find('\0') != std::string::npos)
    fail("the name of an {} is no UTF-8 text, export it again with another name: '{}'", what, name);
}

/// Old models list their weights as inputs too: those are no inputs.
std::vector<const onnx::ValueInfoProto*> Importer::inputs() const {
  std::set<std::string> weights;
  for (const onnx::TensorProto& proto : model_.graph().initializer()) weights.insert(proto.name());
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const onnx::ValueInfoProto& input : model_.graph().input())
    if (weights.count(input.name()) == 0) inputs.push_back(&input);
  return inputs;
}

void Importer::read_inputs(const ImportOptions& options) {
  const std::vector<const onnx::ValueInfoProto*> all = inputs();
  for (const onnx::ValueInfoProto* input : all) {
    require_text("input", input->name());
    if (!input->type().has_tensor_type())
      fail("input '{}' is no tensor (a sequence, map or optional), which is not supported", input->name());
  }
  for (const auto& [name, shape] : options.shapes)
    if (std::ranges::find(all, name, [](const auto* input) { return input->name(); }) == all.end()) {
      std::vector<std::string> names;
      for (const onnx::ValueInfoProto* input : all) names.push_back(fmt::format("'{}'", input->name()));
      throw Error(Code::usage, "--shape names an input '{}' that {} does not have; its inputs are {}", name,
                  path_.string(), fmt::join(names, ", "));
    }
  const Result<std::vector<Shape>> shapes = input_shapes(all, options);
  if (!shapes) fail("{}", shapes.message());
  for (std::size_t i = 0; i < all.size(); ++i)
    add_input(*all[i], (*shapes)[i], options.shapes.count(all[i]->name()) > 0);
}

void Importer::add_input(const onnx::ValueInfoProto& input, const Shape& shape, bool is_given) {
  const onnx::TypeProto_Tensor& declared = input.type().tensor_type();
  const std::optional<DType> type = dtype_of(declared.elem_type());
  if (!type)
    problems_.push_back({"input", "", input.name(),
                         fmt::format("element type {} is not supported; convert the model to float32",
                                     onnx_type_name(declared.elem_type())),
                         false});
  if (const Status ok = check_indexable(shape); !ok) fail("input '{}': {}", input.name(), ok.message());
  if (is_empty(shape) && !is_given)
    notes_.push_back(
        fmt::format("input '{}' has no elements (shape {}); if that dimension was meant to be open, give "
                    "it with --shape {}:{}",
                    input.name(), shape_text(shape), input.name(), example_shape(declared)));
  values_[input.name()] = graph_.add_input(input.name(), {type.value_or(DType::f32), shape});
}

const OnnxOperator& Importer::look_up(const onnx::NodeProto& node) const {
  if (!is_own_domain(node.domain())) refuse("operators of domain '{}' are not supported", node.domain());
  const OnnxOperator* op = find_onnx_operator(node.op_type());
  if (!op) refuse("the operator is not supported");
  if (opset_ < op->first_opset) refuse("the operator is known from opset {} on", op->first_opset);
  for (const onnx::AttributeProto& attribute : node.attribute())
    if (std::find(op->attributes.begin(), op->attributes.end(), attribute.name()) == op->attributes.end())
      refuse("attribute '{}' is not supported", attribute.name());
  if (node.input_size() < op->min_inputs || node.input_size() > op->max_inputs)
    refuse("it has {} inputs, expected {}", node.input_size(),
           op->min_inputs == op->max_inputs ? std::to_string(op->min_inputs)
           : op->max_inputs == kAny         ? fmt::format("at least {}", op->min_inputs)
                                            : fmt::format("{} to {}", op->min_inputs, op->max_inputs));
  if (node.output_size() < 1) refuse("it has no output");
  return *op;
}

void Importer::refuse_unknown(const std::string& name) const {
  for (const onnx::NodeProto& node : model_.graph().node())
    for (const std::string& output : node.output())
      if (output == name)
        refuse(
            "it reads '{}', which a later node '{}' ({}) computes; sort the nodes so that each comes after those it "
            "reads",
            name, node.name(), node.op_type());
  refuse("it reads '{}', which no input, weight or earlier node provides", name);
}

std::vector<TensorId> Importer::resolve_inputs(const onnx::NodeProto& node) const {
  std::vector<TensorId> inputs;
  bool unknown = false;
  for (const std::string& name : node.input()) {
    const auto value = values_.find(name);
    if (value == values_.end() && !name.empty()) refuse_unknown(name);
    inputs.push_back(name.empty() ? -1 : value->second);
    unknown = unknown || inputs.back() == kUnknown;
  }
  if (unknown) throw InputUnknown{};
  return inputs;
}

std::vector<TensorId> Importer::import_node(const onnx::NodeProto& proto) {
  const OnnxOperator& op = look_up(proto);
  OnnxNode node(proto, opset_, resolve_inputs(proto), external_, graph_);
  const int needed = op.max_inputs == kAny ? node.num_inputs() : op.min_inputs;
  for (int i = 0; i < needed; ++i) node.input(i);  // must be there
  std::vector<TensorId> outputs = op.import(node);
  for (int i = static_cast<int>(outputs.size()); i < proto.output_size(); ++i)
    if (!proto.output(i).empty() && read_names_.count(proto.output(i)) > 0)
      refuse("its output {} ('{}') is used, which is not supported", i, proto.output(i));
  return outputs;
}

void Importer::read_nodes() {
  const onnx::GraphProto& graph = model_.graph();
  for (int n = 0; n < graph.node_size(); ++n) {
    if (!live_[static_cast<std::size_t>(n)]) continue;
    const onnx::NodeProto& node = graph.node(n);
    std::vector<TensorId> outputs;
    try {
      outputs = import_node(node);
    } catch (const NodeProblem& problem) {
      add_problem(node, "", problem.what());
      check_bodies(node, name_of(node));
    } catch (const InputUnknown&) {
    }
    for (int i = 0; i < node.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      const auto at = static_cast<std::size_t>(i);
      values_[node.output(i)] = at < outputs.size() ? outputs[at] : surrogate(node.output(i));
    }
  }
  if (const auto dead = std::count(live_.begin(), live_.end(), false); dead > 0)
    notes_.push_back(fmt::format("{} node{} that no output depends on {} left out", dead, dead == 1 ? "" : "s",
                                 dead == 1 ? "is" : "are"));
}

void Importer::add_problem(const onnx::NodeProto& node, const std::string& where, const std::string& reason) {
  problems_.push_back({node.op_type(), node.domain(), where + name_of(node), reason});
}

/// What can be said of the nodes in bodies without knowing what they compute.
void Importer::check_bodies(const onnx::NodeProto& node, const std::string& where) {
  for (const onnx::GraphProto* body : bodies_of(node)) {
    for (const onnx::TensorProto& weight : body->initializer())
      if (!dtype_of(weight.data_type()))
        problems_.push_back({"weight", "", where + "/" + weight.name(),
                             fmt::format("its element type {} is not supported", onnx_type_name(weight.data_type())),
                             false});
    for (const onnx::NodeProto& inner : body->node()) {
      try {
        look_up(inner);
      } catch (const NodeProblem& problem) {
        add_problem(inner, where + "/", problem.what());
      }
      check_bodies(inner, where + "/" + name_of(inner));
    }
  }
}

void Importer::read_outputs() {
  if (model_.graph().output_size() == 0) fail("it has no outputs");
  for (const onnx::ValueInfoProto& output : model_.graph().output()) {
    require_text("output", output.name());
    const auto value = values_.find(output.name());
    if (value == values_.end()) fail("output '{}' is computed by no node", output.name());
    if (value->second >= 0) graph_.add_output(output.name(), value->second);
  }
}

}  // namespace tilewright::graph
