// Operators with bodies. What is known at compile time decides which are imported, and how often; a condition that is
// known only when the network runs chooses between results.

#include <algorithm>
#include <limits>
#include <utility>

#include "base/element.h"
#include "base/integer.h"
#include "base/rounding.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

constexpr std::int64_t kMostIterations = 16384;

/// The value of a boolean of one element, if it is known.
std::optional<bool> known_condition(OnnxNode& node, TensorId id) {
  if (node.type_of(id) != DType::boolean) refuse("its condition has type {}, expected bool", to_text(node.type_of(id)));
  if (product(node.shape_of(id)) != 1)
    refuse("its condition has shape {}, expected one element", shape_text(node.shape_of(id)));
  if (!node.is_constant_id(id)) return std::nullopt;
  return to_integer(DType::boolean, load_element(DType::boolean, node.constant_of(id).data(), 0)) != 0;
}

/// One element of the first axis, without it.
TensorId element_of(OnnxNode& node, TensorId data, std::int64_t position) {
  const TensorId one = node.slice(data, 0, position, 1);
  Shape shape = node.shape_of(one);
  shape.erase(shape.begin());
  return node.reshape(one, shape);
}

/// Tensors of one shape as the elements of a new first axis.
TensorId stacked(OnnxNode& node, const std::vector<TensorId>& pieces) {
  std::vector<TensorId> unsqueezed;
  for (const TensorId piece : pieces) {
    if (node.shape_of(piece) != node.shape_of(pieces.front()))
      refuse("its iterations give results of shapes {} and {}, which can't be stacked",
             shape_text(node.shape_of(pieces.front())), shape_text(node.shape_of(piece)));
    Shape shape = node.shape_of(piece);
    shape.insert(shape.begin(), 1);
    unsqueezed.push_back(node.reshape(piece, shape));
  }
  return unsqueezed.size() == 1 ? unsqueezed.front() : node.add(Concat{0}, std::move(unsqueezed));
}

/// Axis `from` moved to `to`, the others in their order.
TensorId with_axis_moved(OnnxNode& node, TensorId data, int from, int to) {
  if (from == to) return data;
  std::vector<int> order;
  for (int d = 0; d < static_cast<int>(node.shape_of(data).size()); ++d)
    if (d != from) order.push_back(d);
  order.insert(order.begin() + to, from);
  return node.add(Transpose{std::move(order)}, {data});
}

}  // namespace

namespace {

/// Results of a branch that can't be computed, in the place of those of the other: NaN, so that they can't be taken for
/// an answer. Nothing if they are no floats.
std::optional<Outputs> nan_in_place_of(OnnxNode& node, const Outputs& results) {
  Outputs outputs;
  for (const TensorId result : results) {
    if (!is_float(node.type_of(result))) return std::nullopt;
    const TensorId nan = node.scalar(node.type_of(result), std::numeric_limits<double>::quiet_NaN());
    outputs.push_back(node.add(Expand{node.shape_of(result)}, {nan}));
  }
  return outputs;
}

/// Both branches' results. One that can't be computed, which may be as its shapes do not fit what the network is
/// compiled for, gives NaN.
std::pair<Outputs, Outputs> results_of_branches(OnnxNode& node) {
  Result<Outputs> then = node.try_body("then_branch"), otherwise = node.try_body("else_branch");
  if (static_cast<bool>(then) != static_cast<bool>(otherwise)) {
    Result<Outputs>& missing = then ? otherwise : then;
    const std::string why = missing.message();
    if (auto nan = nan_in_place_of(node, then ? *then : *otherwise)) {
      missing = *std::move(nan);
      node.note(
          fmt::format("the branch of an If whose condition is {} can't be computed ({}): where the run picks it, its "
                      "results are NaN; bind the input that decides with --value",
                      then ? "false" : "true", why));
    }
  }
  // What is wrong with a branch that is needed is a problem of the network.
  if (!then) then = node.import_body("then_branch", {});
  if (!otherwise) otherwise = node.import_body("else_branch", {});
  return {*std::move(then), *std::move(otherwise)};
}

}  // namespace

/// A known condition decides which branch is imported. Else both are computed, and their results chosen from.
Outputs import_if(OnnxNode& node) {
  const TensorId condition = node.input(0);
  if (const auto known = known_condition(node, condition))
    return node.import_body(*known ? "then_branch" : "else_branch", {});
  const auto [then, otherwise] = results_of_branches(node);
  if (then.size() != otherwise.size())
    refuse("its branches have {} and {} outputs, expected as many", then.size(), otherwise.size());
  Outputs outputs;
  for (std::size_t i = 0; i < then.size(); ++i) {
    if (node.type_of(then[i]) != node.type_of(otherwise[i]) || node.shape_of(then[i]) != node.shape_of(otherwise[i]))
      refuse(
          "its condition is known only when it runs, and output {} is {} {} or {} {} by it; bind the input that it "
          "depends on with --value",
          i, to_text(node.type_of(then[i])), shape_text(node.shape_of(then[i])), to_text(node.type_of(otherwise[i])),
          shape_text(node.shape_of(otherwise[i])));
    const Shape ones(node.shape_of(then[i]).size(), 1);
    outputs.push_back(node.add(Select{}, {node.reshape(condition, ones), then[i], otherwise[i]}));
  }
  return outputs;
}

/// Written out: how often it runs must be known at compile time.
Outputs import_loop(OnnxNode& node) {
  const onnx::GraphProto& body = node.body("body");
  const int states = node.num_inputs() - 2;
  if (body.output_size() < states + 1)
    refuse("its body has {} outputs, expected at least {}", body.output_size(), states + 1);
  std::int64_t most = kMostIterations + 1;
  if (node.has_input(0)) {
    const std::vector<std::int64_t> trips = node.constant_integers(0, "number of iterations");
    if (trips.size() != 1) refuse("its number of iterations has {} elements, expected 1", trips.size());
    most = std::min(most, std::max<std::int64_t>(trips[0], 0));
  }
  const auto goes_on = [&](TensorId condition) {
    const auto known = known_condition(node, condition);
    if (!known) refuse("whether it goes on is known only when it runs, which is not supported");
    return *known;
  };
  TensorId condition = node.has_input(1) ? node.input(1) : node.scalar(DType::boolean, std::int64_t{1});
  Outputs state(node.inputs().begin() + 2, node.inputs().end());
  for (int i = 0; i < states; ++i) node.input(2 + i);  // must be there
  std::vector<std::vector<TensorId>> scans(static_cast<std::size_t>(body.output_size() - 1 - states));
  for (std::int64_t i = 0; i < most && goes_on(condition); ++i) {
    if (i == kMostIterations)
      refuse("it runs more than {} times; at most as many iterations are written out", kMostIterations);
    std::vector<TensorId> inputs = {node.scalar(DType::i64, i), condition};
    inputs.insert(inputs.end(), state.begin(), state.end());
    const std::vector<TensorId> outputs = node.import_body("body", inputs);
    condition = outputs[0];
    std::copy_n(outputs.begin() + 1, states, state.begin());
    for (std::size_t k = 0; k < scans.size(); ++k)
      scans[k].push_back(outputs[1 + static_cast<std::size_t>(states) + k]);
  }
  for (const std::vector<TensorId>& pieces : scans) {
    if (pieces.empty()) refuse("it runs not once, so that the shape of what it collects is not known");
    state.push_back(stacked(node, pieces));
  }
  return state;
}

/// Written out, one body for each element of the axis.
Outputs import_scan(OnnxNode& node) {
  const onnx::GraphProto& body = node.body("body");
  const auto scanned = static_cast<int>(node.integer("num_scan_inputs", 0)), states = node.num_inputs() - scanned;
  if (scanned < 1 || states < 0)
    refuse("num_scan_inputs is {}, of {} inputs", node.integer("num_scan_inputs", 0), node.num_inputs());
  const int collected = body.output_size() - states;
  if (collected < 0) refuse("its body has {} outputs, expected at least {}", body.output_size(), states);
  const auto list = [&](std::string_view name, int size) {
    const std::vector<std::int64_t> given =
        node.integers(name, std::vector<std::int64_t>(static_cast<std::size_t>(size), 0));
    if (static_cast<int>(given.size()) != size) refuse("{} has {} numbers, expected {}", name, given.size(), size);
    return given;
  };
  const auto in_axes = list("scan_input_axes", scanned), in_backwards = list("scan_input_directions", scanned);
  const auto out_axes = list("scan_output_axes", collected), out_backwards = list("scan_output_directions", collected);

  std::int64_t steps = -1;
  Outputs sequences;
  for (int k = 0; k < scanned; ++k) {
    const TensorId sequence = node.input(states + k);
    const int axis = node.axis(in_axes[static_cast<std::size_t>(k)], static_cast<int>(node.shape_of(sequence).size()));
    const std::int64_t extent = node.shape_of(sequence)[static_cast<std::size_t>(axis)];
    if (steps >= 0 && extent != steps) refuse("it goes through inputs of {} and {} elements at once", steps, extent);
    steps = extent;
    sequences.push_back(with_axis_moved(node, sequence, axis, 0));
  }
  if (steps < 1 || steps > kMostIterations)
    refuse("it goes through {} elements, supported are 1 to {}", steps, kMostIterations);

  Outputs state;
  for (int k = 0; k < states; ++k) state.push_back(node.input(k));
  std::vector<std::vector<TensorId>> pieces(static_cast<std::size_t>(collected));
  for (std::int64_t step = 0; step < steps; ++step) {
    std::vector<TensorId> inputs = state;
    for (std::size_t k = 0; k < sequences.size(); ++k)
      inputs.push_back(element_of(node, sequences[k], in_backwards[k] != 0 ? steps - 1 - step : step));
    const std::vector<TensorId> outputs = node.import_body("body", inputs);
    std::copy_n(outputs.begin(), states, state.begin());
    for (std::size_t k = 0; k < pieces.size(); ++k) pieces[k].push_back(outputs[static_cast<std::size_t>(states) + k]);
  }
  for (std::size_t k = 0; k < pieces.size(); ++k) {
    if (out_backwards[k] != 0) std::reverse(pieces[k].begin(), pieces[k].end());
    const TensorId all = stacked(node, pieces[k]);
    state.push_back(with_axis_moved(node, all, 0, node.axis(out_axes[k], static_cast<int>(node.shape_of(all).size()))));
  }
  return state;
}

}  // namespace tilewright::graph
