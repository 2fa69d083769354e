#pragma once

#include <onnx/onnx_pb.h>

#include <functional>
#include <string>
#include <vector>

namespace tilewright::graph {

/// Calls `f` with each name that the node reads, those within its bodies (of If, Loop and Scan) included.
void for_each_read(const onnx::NodeProto& node, const std::function<void(const std::string&)>& f);

/// The bodies of a node.
std::vector<const onnx::GraphProto*> bodies_of(const onnx::NodeProto& node);

/// Per node of the graph, in any order: whether one of the graph's outputs depends on it.
std::vector<bool> live_nodes(const onnx::GraphProto& graph);

}  // namespace tilewright::graph
