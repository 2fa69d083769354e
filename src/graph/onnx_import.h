#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/input_file.h"
#include "graph/graph.h"

namespace tilewright::graph {

/// An array that a network will be run on.
struct FedArray {
  std::string name;
  Shape shape;
  std::optional<std::size_t> position;  ///< of the input that it is for, where none has its name
};

struct ImportOptions {
  /// Shapes of inputs by name, for those that the file leaves open (--shape name:1x3x224x224). A dimension that the
  /// file fixes must be given as it is there.
  std::map<std::string, Shape> shapes;
  /// Inputs that are known at compile time, by name (--value sr=16000): constants then, and no inputs of the network.
  /// One number fills an input of any shape; else as many as the input has elements, which its only dimension may leave
  /// open.
  std::map<std::string, std::vector<double>> values;
  std::vector<FedArray> fed;  ///< shapes of inputs that `shapes` does not name; others of them do not matter here
  /// Whether files with weights may be reached by links, which can lead outside of the model's folder.
  Links external_data = Links::refused;
};

/// Operator sets this importer was tested with. Later ones up to kNewestOpset are accepted too: the operators that it
/// knows got more types and options since, which are refused where they are used, but no other meaning.
inline constexpr int kOldestOpset = 7, kNewestTestedOpset = 17, kNewestOpset = 28;

/// A network and what is worth telling about its import.
struct Network {
  Graph graph;
  std::vector<std::string> notes;
};

/// Reads an ONNX file. Weights kept in files of their own (external data) are read from the model's folder.
/// Errors: Error(bad_input) if the file is missing, truncated or no ONNX model, or anything in it is not supported:
/// names file, node, operator, expected and found, and what to do; Error(usage) if `options` names an input that is not
/// there.
Network import_onnx(const std::filesystem::path& path, const ImportOptions& options = {});
/// The same from bytes; `path` serves messages and external data.
Network import_onnx_bytes(const std::string& bytes, const std::filesystem::path& path,
                          const ImportOptions& options = {});

/// One thing that can't be compiled, with all nodes that need it.
struct MissingFeature {
  std::string op, domain;  ///< domain "" is ONNX's own; op "weight" or "input" for what is wrong with those
  int opset;
  std::vector<std::string> nodes;  ///< "outer/inner" in bodies of If, Loop and Scan; names of weights or inputs
  std::string reason;
};

/// What `check` tells: everything missing at once, not the first.
struct ModelCheck {
  std::vector<MissingFeature> missing;
  std::map<std::string, int> operators;  ///< nodes per operator
  std::vector<std::string> notes;
  bool supported() const { return missing.empty(); }
};
/// Nothing is missing exactly when the network can be compiled: takes the same way, up to schedules. What comes after a
/// node with a problem is checked as far as its types are declared. Errors: as import_onnx for a file that can't be
/// read, and for inputs without a shape.
ModelCheck check_onnx(const std::filesystem::path& path, const ImportOptions& options = {});
ModelCheck check_onnx_bytes(const std::string& bytes, const std::filesystem::path& path,
                            const ImportOptions& options = {});

}  // namespace tilewright::graph
