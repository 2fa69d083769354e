#include "graph/onnx/importer.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/element.h"
#include "base/integer.h"
#include "base/rounding.h"
#include "base/shape_text.h"
#include "base/utf8.h"
#include "graph/empty.h"
#include "graph/onnx/input_shapes.h"
#include "graph/onnx/live_nodes.h"
#include "graph/onnx/tensor.h"

namespace tilewright::graph {
namespace {

constexpr TensorId kUnknown = -2;  // -1 is an optional input left out

constexpr int kDeepest = 32;           // of bodies and functions in each other
constexpr int kMostNodes = 1'000'000;  // that bodies and functions may come to when they are written out

/// Another value of a variable, until the end of its life.
template <class T>
class Restored {
 public:
  Restored(T& variable, T value) : variable_(variable), before_(std::exchange(variable, std::move(value))) {}
  ~Restored() { variable_ = std::move(before_); }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

 private:
  T& variable_;
  T before_;
};

bool is_own_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

}  // namespace

class Importer::Shadowed {
 public:
  using Values = std::unordered_map<std::string, TensorId>;
  explicit Shadowed(Values& values) : values_(values) {}
  ~Shadowed() {
    for (std::size_t i = before_.size(); i-- > 0;) {
      if (before_[i].second)
        values_[before_[i].first] = *before_[i].second;
      else
        values_.erase(before_[i].first);
    }
  }
  Shadowed(const Shadowed&) = delete;
  Shadowed& operator=(const Shadowed&) = delete;
  /// The name gets another value now.
  void note(const std::string& name) {
    const auto outer = values_.find(name);
    before_.emplace_back(name, outer == values_.end() ? std::nullopt : std::optional(outer->second));
  }

 private:
  Values& values_;
  std::vector<std::pair<std::string, std::optional<TensorId>>> before_;
};

std::string name_of(const onnx::NodeProto& node) {
  if (!node.name().empty()) return node.name();
  return node.output_size() > 0 ? node.output(0) : "(unnamed)";
}

Importer::Importer(onnx::ModelProto& model, const std::filesystem::path& path, const ImportOptions& options)
    : model_(model), path_(path), external_(path.parent_path(), options.external_data) {
  read_opset();
  const onnx::GraphProto& graph = model_.graph();
  const std::vector<bool> live = live_nodes(graph);
  for (int i = 0; i < graph.node_size(); ++i)
    if (live[static_cast<std::size_t>(i)])
      for_each_read(graph.node(i), [&](const std::string& name) { read_names_.insert(name); });
  for (const onnx::ValueInfoProto& output : graph.output()) read_names_.insert(output.name());
  for (const auto* values : {&graph.value_info(), &graph.output()})
    for (const onnx::ValueInfoProto& value : *values)
      if (value.type().tensor_type().has_shape()) declared_[value.name()] = &value.type().tensor_type();
  read_weights();
  read_inputs(options);
  import_nodes(graph, live);
  if (const auto dead = std::count(live.begin(), live.end(), false); dead > 0)
    notes_.push_back(fmt::format("{} node{} that no output depends on {} left out", dead, dead == 1 ? "" : "s",
                                 dead == 1 ? "is" : "are"));
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
    values_[proto.name()] = add_weight(proto);
    std::string().swap(*proto.mutable_raw_data());  // one copy of large weights is enough
  }
  if (model_.graph().sparse_initializer_size() > 0) fail("sparse weights are not supported, store them dense");
}

/// The constant that a weight is, or what stands for it if it has a problem.
TensorId Importer::add_weight(const onnx::TensorProto& proto) {
  Result<runtime::Tensor> tensor = read_tensor(proto, external_);
  if (!tensor) add_problem({"weight", "", where_ + proto.name(), tensor.message(), false});
  return tensor ? graph_.add_constant(proto.name(), std::move(*tensor)) : surrogate(proto);
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

void Importer::require_inputs(std::string_view option, const auto& named,
                              const std::vector<const onnx::ValueInfoProto*>& all) {
  for (const auto& [name, value] : named) {
    if (std::ranges::find(all, name, [](const auto* input) { return input->name(); }) != all.end()) continue;
    std::vector<std::string> names;
    for (const onnx::ValueInfoProto* input : all) names.push_back(fmt::format("'{}'", input->name()));
    throw Error(Code::usage, "{} names an input '{}' that {} does not have; its inputs are {}", option, name,
                path_.string(), fmt::join(names, ", "));
  }
}

/// An input of a value that is known.
void Importer::bind_input(const onnx::ValueInfoProto& input, const std::vector<double>& values,
                          const ImportOptions& options) {
  const onnx::TypeProto_Tensor& declared = input.type().tensor_type();
  const std::optional<DType> type = dtype_of(declared.elem_type());
  if (!type)
    throw Error(Code::usage, "--value gives input '{}' a value, but its element type is {}", input.name(),
                onnx_type_name(declared.elem_type()));
  const auto given = options.shapes.find(input.name());
  Shape shape;
  if (given != options.shapes.end())
    shape = given->second;
  else
    for (const auto& dim : declared.shape().dim()) shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  if (shape.size() == 1 && shape[0] < 0) shape[0] = std::ssize(values);
  if (std::ranges::any_of(shape, [](std::int64_t extent) { return extent < 0; }))
    throw Error(Code::usage, "--value gives input '{}' a value, but its shape is open: {}; give it with --shape",
                input.name(), declared_shape(declared));
  if (const Status ok = check_indexable(shape); !ok) fail("input '{}': {}", input.name(), ok.message());
  runtime::Tensor tensor(*type, shape);
  if (values.size() != 1 && std::ssize(values) != tensor.elements())
    throw Error(Code::usage, "--value gives input '{}' {} numbers, its shape {} has {} elements", input.name(),
                values.size(), shape_text(shape), tensor.elements());
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    const double value = values[values.size() == 1 ? 0 : static_cast<std::size_t>(i)];
    const Number number = is_float(*type) ? Number(value) : Number(to_integer(*type, Number(value)));
    if (!is_float(*type) && to_double(number) != value)
      throw Error(Code::usage, "--value gives input '{}' the number {}, which is none of its type {}", input.name(),
                  value, tilewright::to_text(*type));
    store_element(*type, tensor.data(), i, number);
  }
  values_[input.name()] = graph_.add_constant(input.name(), std::move(tensor));
}

void Importer::read_inputs(const ImportOptions& options) {
  std::vector<const onnx::ValueInfoProto*> all = inputs();
  for (const onnx::ValueInfoProto* input : all) {
    require_text("input", input->name());
    if (!input->type().has_tensor_type())
      fail("input '{}' is no tensor (a sequence, map or optional), which is not supported", input->name());
  }
  require_inputs("--shape", options.shapes, all);
  require_inputs("--value", options.values, all);
  std::erase_if(all, [&](const onnx::ValueInfoProto* input) {
    const auto value = options.values.find(input->name());
    if (value == options.values.end()) return false;
    bind_input(*input, value->second, options);
    return true;
  });
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
           : op->max_inputs >= kAnyOrNone   ? fmt::format("at least {}", op->min_inputs)
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
  if (static_cast<int>(graph_.nodes().size()) > kMostNodes)
    refuse("loops and functions come to more than {} nodes when they are written out", kMostNodes);
  if (const onnx::FunctionProto* function = find_function(proto)) return import_function(proto, *function);
  const OnnxOperator& op = look_up(proto);
  OnnxNode node(proto, opset_, resolve_inputs(proto), external_, graph_, *this);
  const int needed = op.max_inputs == kAny ? node.num_inputs() : op.max_inputs == kAnyOrNone ? 0 : op.min_inputs;
  for (int i = 0; i < needed; ++i) node.input(i);  // must be there
  const Restored outer_where(where_, bodies_of(proto).empty() ? where_ : where_ + name_of(proto) + "/");
  std::vector<TensorId> outputs = op.import(node);
  for (int i = static_cast<int>(outputs.size()); i < proto.output_size(); ++i)
    if (!proto.output(i).empty() && read_names_.count(proto.output(i)) > 0)
      refuse("its output {} ('{}') is used, which is not supported", i, proto.output(i));
  return outputs;
}

void Importer::import_nodes(const onnx::GraphProto& graph, const std::vector<bool>& live) {
  for (int n = 0; n < graph.node_size(); ++n) {
    if (!live[static_cast<std::size_t>(n)]) continue;
    const onnx::NodeProto& node = graph.node(n);
    std::vector<TensorId> outputs;
    try {
      outputs = import_node(node);
    } catch (const NodeProblem& problem) {
      add_problem(node, where_, problem.what());
      check_bodies(node, where_ + name_of(node));
    } catch (const InputUnknown&) {
    }
    for (int i = 0; i < node.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      const auto at = static_cast<std::size_t>(i);
      define(node.output(i), at < outputs.size() ? outputs[at] : surrogate(node.output(i)));
    }
  }
}

/// Inside of a body a name may stand for something else, until the body's end.
void Importer::define(const std::string& name, TensorId id) {
  if (shadowed_ != nullptr) shadowed_->note(name);
  values_[name] = id;
}

/// Errors: InputUnknown.
std::vector<TensorId> Importer::outputs_of(const onnx::GraphProto& body) const {
  std::vector<TensorId> outputs;
  for (const onnx::ValueInfoProto& output : body.output()) {
    const auto value = values_.find(output.name());
    if (value == values_.end()) refuse("the body's output '{}' is computed by no node", output.name());
    if (value->second < 0) throw InputUnknown{};
    outputs.push_back(value->second);
  }
  return outputs;
}

std::vector<TensorId> Importer::import_body(const onnx::GraphProto& body, const std::vector<TensorId>& inputs) {
  if (body.input_size() != static_cast<int>(inputs.size()))
    refuse("its body takes {} inputs, expected {}", body.input_size(), inputs.size());
  if (body.sparse_initializer_size() > 0) refuse("its body has sparse weights, which are not supported");
  if (depth_ == kDeepest) refuse("bodies and functions are more than {} deep in each other", kDeepest);
  const Restored deeper(depth_, depth_ + 1);
  Shadowed shadowed(values_);
  const Restored outer(shadowed_, &shadowed);
  std::vector<bool>& live = live_in_body_[&body];
  if (live.size() != static_cast<std::size_t>(body.node_size())) {  // the first time
    live = live_nodes(body);
    for (const onnx::NodeProto& node : body.node())
      for_each_read(node, [&](const std::string& name) { read_names_.insert(name); });
    for (const onnx::ValueInfoProto& output : body.output()) read_names_.insert(output.name());
  }
  for (const onnx::TensorProto& weight : body.initializer()) {
    const auto [known, is_first] = body_weights_.try_emplace(&weight, kUnknown);
    if (is_first) known->second = add_weight(weight);
    define(weight.name(), known->second);
  }
  for (int i = 0; i < body.input_size(); ++i) define(body.input(i).name(), inputs[static_cast<std::size_t>(i)]);
  import_nodes(body, live);
  return outputs_of(body);
}

Result<std::vector<TensorId>> Importer::try_body(const onnx::GraphProto& body) {
  const std::size_t problems = problems_.size();
  std::optional<std::vector<TensorId>> outputs;
  std::string reason;
  try {
    outputs = import_body(body, {});
  } catch (const NodeProblem& problem) {
    reason = problem.what();
  } catch (const InputUnknown&) {
  }
  if (problems_.size() > problems) {
    const Problem& first = problems_[problems];
    reason = fmt::format("{} '{}': {}", first.op, first.name, first.reason);
    problems_.resize(problems);
    outputs.reset();
  }
  if (!outputs) return failure("{}", reason.empty() ? "it reads what has a problem" : reason);
  return *std::move(outputs);
}

const onnx::FunctionProto* Importer::find_function(const onnx::NodeProto& node) const {
  for (const onnx::FunctionProto& function : model_.functions())
    if (function.name() == node.op_type() && function.domain() == node.domain()) return &function;
  return nullptr;
}

namespace {

using Attributes = std::map<std::string, onnx::AttributeProto>;  // by name

/// Attributes of a function's call, those that it does not give as the function has them by default.
Attributes attributes_of(const onnx::NodeProto& call, const onnx::FunctionProto& function) {
  constexpr int kDefaults = 11;  // FunctionProto.attribute_proto, since ONNX 1.13: older definitions don't know it
  Attributes attributes;
  for (const onnx::AttributeProto& attribute : call.attribute()) attributes.emplace(attribute.name(), attribute);
  const auto& later = function.GetReflection()->GetUnknownFields(function);
  for (int i = 0; i < later.field_count(); ++i) {
    onnx::AttributeProto attribute;
    const bool is_default = later.field(i).number() == kDefaults &&
                            later.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED &&
                            attribute.ParseFromString(later.field(i).length_delimited());
    if (is_default) attributes.emplace(attribute.name(), attribute);
  }
  return attributes;
}

/// Attributes that refer to those of the function's call get their values, or go if there are none.
void bind_attributes(const Attributes& given, onnx::NodeProto& node) {
  for (int i = node.attribute_size(); i-- > 0;) {
    onnx::AttributeProto& attribute = *node.mutable_attribute(i);
    if (const std::string wanted = attribute.ref_attr_name(); !wanted.empty()) {
      const std::string name = attribute.name();
      const auto found = given.find(wanted);
      if (found == given.end()) {
        node.mutable_attribute()->DeleteSubrange(i, 1);
        continue;
      }
      attribute = found->second;
      attribute.set_name(name);
    }
    if (attribute.has_g())
      for (onnx::NodeProto& inner : *attribute.mutable_g()->mutable_node()) bind_attributes(given, inner);
  }
}

}  // namespace

/// A function's nodes in the place of its call. They see its inputs and nothing else.
std::vector<TensorId> Importer::import_function(const onnx::NodeProto& call, const onnx::FunctionProto& function) {
  std::vector<TensorId> inputs = resolve_inputs(call);
  if (static_cast<int>(inputs.size()) > function.input_size())
    refuse("it has {} inputs, the function of the model takes {}", inputs.size(), function.input_size());
  inputs.resize(static_cast<std::size_t>(function.input_size()), -1);
  std::string key = call.domain() + "/" + call.op_type();
  for (const onnx::AttributeProto& attribute : call.attribute()) key += "/" + attribute.SerializeAsString();
  const auto [graph, is_new] = functions_.try_emplace(key);
  if (is_new) {
    const Attributes given = attributes_of(call, function);
    for (const onnx::NodeProto& node : function.node()) bind_attributes(given, *graph->second.add_node() = node);
    for (const std::string& name : function.input()) graph->second.add_input()->set_name(name);
    for (const std::string& name : function.output()) graph->second.add_output()->set_name(name);
  }
  int opset = opset_;
  for (const onnx::OperatorSetIdProto& set : function.opset_import())
    if (is_own_domain(set.domain())) opset = static_cast<int>(std::clamp<std::int64_t>(set.version(), 0, 1 << 30));
  if (opset < kOldestOpset || opset > kNewestOpset)
    refuse("the function uses operator set {}, supported are {} to {}", opset, kOldestOpset, kNewestOpset);
  const Restored outer_opset(opset_, opset);
  const Restored outer_values(values_, {});
  const Restored outer_where(where_, where_ + name_of(call) + "/");
  return import_body(graph->second, inputs);
}

/// Of a body once: it may be imported again and again.
void Importer::add_problem(Problem problem) {
  const auto same = [&](const Problem& p) {
    return p.op == problem.op && p.name == problem.name && p.reason == problem.reason;
  };
  if (depth_ == 0 || std::none_of(problems_.begin(), problems_.end(), same)) problems_.push_back(std::move(problem));
}

void Importer::add_problem(const onnx::NodeProto& node, const std::string& where, const std::string& reason) {
  add_problem({node.op_type(), node.domain(), where + name_of(node), reason});
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
