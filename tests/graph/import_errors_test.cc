// One test per message that a bad model leads to.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "base/error.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

using Integers = OnnxModel::Integers;

std::string message_of(const std::function<void()>& action, Code code = Code::bad_input) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

std::string message_of(const OnnxModel& model, const ImportOptions& options = {}, Code code = Code::bad_input) {
  return message_of([&] { model.import(options); }, code);
}

void expect_contains(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in: " << text;
}

struct BadModel {
  std::string name;
  OnnxModel model;
  std::vector<std::string> message;
};

OnnxModel with_input(int opset = 13) { return OnnxModel(opset).input("x", {1, 3, 8, 8}); }

std::vector<BadModel> bad_models() {
  const std::int64_t one = 1;
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  return {
      {"unknown_operator",
       with_input().node("Frobnicate", {"x"}, {"y"}).output("y"),
       {"test.onnx", "the_Frobnicate", "Frobnicate", "opset 13", "not supported", "tilewright check"}},
      {"unknown_attribute",
       with_input().node("Relu", {"x"}, {"y"}, {{"shine", one}}).output("y"),
       {"the_Relu", "attribute 'shine'"}},
      {"attribute_of_wrong_type",
       with_input().node("Concat", {"x"}, {"y"}, {{"axis", 1.5}}).output("y"),
       {"attribute 'axis' has type FLOAT, expected INT"}},
      {"missing_attribute", with_input().node("Concat", {"x"}, {"y"}).output("y"), {"attribute 'axis' is missing"}},
      {"too_few_inputs", with_input().node("Conv", {"x"}, {"y"}).output("y"), {"it has 1 inputs, expected 2 to 3"}},
      {"one_of_many_inputs_left_out",
       with_input().node("Concat", {"x", ""}, {"y"}, {{"axis", std::int64_t{0}}}).output("y"),
       {"input 1 is missing"}},
      {"input_left_out", with_input().node("Add", {"x", ""}, {"y"}).output("y"), {"input 1 is missing"}},
      {"unknown_name", with_input().node("Relu", {"ghost"}, {"y"}).output("y"), {"it reads 'ghost'"}},
      {"nodes_not_sorted",
       with_input().node("Relu", {"a"}, {"y"}).node("Neg", {"x"}, {"a"}).output("y"),
       {"the_Relu", "it reads 'a', which a later node 'the_Neg' (Neg) computes", "sort the nodes"}},
      {"mean_of_integers",
       OnnxModel().input("x", {3}, onnx::TensorProto::INT32).node("Mean", {"x", "x"}, {"y"}).output("y"),
       {"the_Mean", "its data has type i32, expected a float type"}},
      {"extreme_of_bools_before_opset_20",
       OnnxModel(18).input("x", {3}, onnx::TensorProto::BOOL).node("ReduceMax", {"x"}, {"y"}).output("y"),
       {"the_ReduceMax", "bool", "from opset 20 on"}},
      {"pool_larger_than_its_data",
       OnnxModel()
           .input("x", {1, 1, 2})
           .node("MaxPool", {"x"}, {"y"},
                 {{"kernel_shape", Integers{4}}, {"strides", Integers{2}}, {"ceil_mode", std::int64_t{1}}})
           .output("y"),
       {"the_MaxPool", "does not fit into data of shape 1x1x1x2"}},
      {"padding_at_the_end_as_large_as_the_window",
       with_input()
           .node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{0, 0, 2, 0}}})
           .output("y"),
       {"the_MaxPool", "padding 2 is as large as the window 2"}},
      {"antialias",
       OnnxModel(18)
           .input("x", {4})
           .integers("s", {2})
           .node("Resize", {"x", "", "", "s"}, {"y"}, {{"antialias", one}})
           .output("y"),
       {"the_Resize", "antialias 1 is not supported"}},
      {"kernel_shape_of_a_transposed_convolution_differs",
       with_input()
           .weight("w", counting({3, 1, 2, 2}))
           .node("ConvTranspose", {"x", "w"}, {"y"}, {{"kernel_shape", Integers{3, 3}}})
           .output("y"),
       {"kernel_shape does not fit its weights of shape 3x1x2x2"}},
      {"shapes_do_not_broadcast",
       with_input().weight("w", counting({5})).node("Add", {"x", "w"}, {"y"}).output("y"),
       {"the_Add", "1x3x8x8", "5", "do not broadcast"}},
      {"types_differ",
       with_input().integers("n", {1}).node("Add", {"x", "n"}, {"y"}).output("y"),
       {"types f32 and i64 differ"}},
      {"channels_do_not_fit",
       with_input().weight("w", counting({4, 2, 1, 1})).node("Conv", {"x", "w"}, {"y"}).output("y"),
       {"data has 3 channels", "take 2"}},
      {"kernel_shape_differs",
       with_input()
           .weight("w", counting({4, 3, 1, 1}))
           .node("Conv", {"x", "w"}, {"y"}, {{"kernel_shape", Integers{3, 3}}})
           .output("y"),
       {"kernel_shape does not fit its weights of shape 4x3x1x1"}},
      {"window_too_large",
       with_input().node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Integers{9, 9}}}).output("y"),
       {"a window of 9x9", "does not fit"}},
      {"four_spatial_dimensions",
       OnnxModel()
           .input("x", {1, 1, 2, 2, 2, 2})
           .weight("w", counting({1, 1, 1, 1, 1, 1}))
           .node("Conv", {"x", "w"}, {"y"})
           .output("y"),
       {"1x1x2x2x2x2", "1 to 3 spatial dimensions"}},
      {"pads_of_wrong_length",
       with_input()
           .node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{1}}})
           .output("y"),
       {"pads has 1 numbers, expected 4"}},
      {"unknown_auto_pad",
       with_input()
           .node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Integers{2, 2}}, {"auto_pad", std::string("MAYBE")}})
           .output("y"),
       {"auto_pad is 'MAYBE'"}},
      {"axis_outside",
       with_input().node("Softmax", {"x"}, {"y"}, {{"axis", std::int64_t{4}}}).output("y"),
       {"axis 4 is outside"}},
      {"reshape_does_not_fit",
       with_input().integers("s", {5, -1}).node("Reshape", {"x", "s"}, {"y"}).output("y"),
       {"192 elements", "can't be divided"}},
      {"reshape_elements_differ",
       with_input().integers("s", {5}).node("Reshape", {"x", "s"}, {"y"}).output("y"),
       {"192 elements", "shape 5"}},
      {"reshape_computed_at_run_time",
       with_input().input("s", {1}, onnx::TensorProto::INT64).node("Reshape", {"x", "s"}, {"y"}).output("y"),
       {"its shape (input 's') must be known at compile time"}},
      {"squeeze_of_larger_dimension",
       with_input().node("Squeeze", {"x"}, {"y"}, {{"axes", Integers{1}}}).output("y"),
       {"axis 1 has extent 3, expected 1"}},
      {"gather_outside",
       with_input().integers("i", {9}).node("Gather", {"x", "i"}, {"y"}).output("y"),
       {"index 9 is outside of axis 0 of shape"}},
      {"pad_mode",
       with_input()
           .integers("p", {0, 0, 1, 1, 0, 0, 1, 1})
           .node("Pad", {"x", "p"}, {"y"}, {{"mode", std::string("mirror")}})
           .output("y"),
       {"mode 'mirror' is not supported"}},
      {"training_batch_norm",
       with_input(14)
           .weight("v", counting({3}))
           .node("BatchNormalization", {"x", "v", "v", "v", "v"}, {"y"}, {{"training_mode", one}})
           .output("y"),
       {"training_mode 1", "export the model for inference"}},
      {"used_mask",
       with_input().node("Dropout", {"x"}, {"y", "mask"}).output("y").output("mask"),
       {"its output 1 ('mask') is used"}},
      {"cast_to_half",
       with_input().node("Cast", {"x"}, {"y"}, {{"to", std::int64_t{10}}}).output("y"),
       {"element type float16 is not supported"}},
      {"operator_newer_than_opset",
       with_input(8).node("Erf", {"x"}, {"y"}).output("y"),
       {"Erf", "opset 8", "known from opset 9"}},
      {"opset_too_old", with_input(6).node("Relu", {"x"}, {"y"}).output("y"), {"operator set 6", "7 to 28"}},
      {"opset_too_new", with_input(99).node("Relu", {"x"}, {"y"}).output("y"), {"operator set 99", "7 to 28"}},
      {"half_input",
       OnnxModel().input("x", {1}, onnx::TensorProto::FLOAT16).node("Relu", {"x"}, {"y"}).output("y"),
       {"input 'x': element type float16"}},
      {"dynamic_dimension",
       OnnxModel().dynamic_input("x", "batch", {3, 8}).node("Relu", {"x"}, {"y"}).output("y"),
       {"input 'x'", "[batch, 3, 8]", "--shape x:1x3x8"}},
      {"no_outputs", with_input().node("Relu", {"x"}, {"y"}), {"it has no outputs"}},
      {"pads_beyond_64_bits",
       with_input()
           .node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Integers{2, 2}}, {"pads", Integers{kHuge, 0, kHuge, 0}}})
           .output("y"),
       {"pads has the number 9223372036854775807", "1073741824"}},
      {"padding_input_beyond_64_bits",
       with_input().integers("p", {0, 0, kHuge, 0, 0, 0, kHuge, 0}).node("Pad", {"x", "p"}, {"y"}).output("y"),
       {"its pads has the number ", "supported are up to 1073741824"}},
      {"more_elements_than_an_index_counts",
       with_input().integers("s", {1 << 20, 1 << 20, 1, 1, 8, 8}).node("ConstantOfShape", {"s"}, {"y"}).output("y"),
       {"1048576x1048576x1x1x8x8", "more elements than can be indexed (2147483647)"}},
      {"input_with_more_elements_than_an_index_counts",
       OnnxModel().input("x", {1 << 20, 1 << 20}).node("Relu", {"x"}, {"y"}).output("y"),
       {"input 'x'", "more elements than can be indexed"}},
      {"reshape_beyond_64_bits",
       with_input().integers("s", {1 << 30, 1 << 30, 1 << 30, -1}).node("Reshape", {"x", "s"}, {"y"}).output("y"),
       {"has too many elements"}},
      {"resize_to_more_than_a_table_holds",
       with_input()
           .weight("scales", {DType::f32, {4}, {1, 1, 1, 1e8}})
           .node("Resize", {"x", "", "scales"}, {"y"})
           .output("y"),
       {"at compile time; supported are up to 67108864"}},
      {"output_from_nowhere",
       with_input().node("Relu", {"x"}, {"y"}).output("z"),
       {"output 'z' is computed by no node"}},
  };
}

class BadModels : public testing::TestWithParam<BadModel> {};
TEST_P(BadModels, AreRefusedWithAMessageThatSaysWhatAndWhere) {
  expect_contains(message_of(GetParam().model), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(All, BadModels, testing::ValuesIn(bad_models()),
                         [](const auto& test) { return test.param.name; });

TEST(ImportErrors, AWeightWithTooFewBytesIsNamed) {
  OnnxModel model = with_input().weight("w", counting({3})).node("Mul", {"x", "w"}, {"y"}).output("y");
  onnx::TensorProto* weight = model.proto().mutable_graph()->mutable_initializer(0);
  weight->clear_float_data();
  weight->set_raw_data("12345");
  expect_contains(message_of(model), {"weight 'w'", "5 bytes stored", "needs 12"});
}

TEST(ImportErrors, AForeignDomainIsNamed) {
  OnnxModel model = with_input().node("FusedConv", {"x"}, {"y"}).output("y");
  model.proto().mutable_graph()->mutable_node(0)->set_domain("com.example");
  expect_contains(message_of(model), {"com.example.FusedConv", "domain 'com.example'"});
}

TEST(ImportErrors, AMissingFileIsNamed) {
  expect_contains(message_of([] { import_onnx("no/such/model.onnx"); }), {"no/such/model.onnx"});
}

TEST(ImportErrors, AnEmptyFileIsNoModel) {
  expect_contains(message_of([] { import_onnx_bytes("", "m.onnx"); }), {"m.onnx is empty"});
}

TEST(ImportErrors, AlienBytesAreNoModel) {
  expect_contains(message_of([] { import_onnx_bytes("PK\x03\x04 and so on", "m.onnx"); }), {"m.onnx is no ONNX model"});
}

TEST(ImportErrors, AModelCutOffAnywhereIsRefused) {
  const std::string bytes =
      with_input().weight("w", counting({3, 8, 8})).node("Mul", {"x", "w"}, {"y"}).output("y").bytes();
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    expect_contains(message_of([&] { import_onnx_bytes(bytes.substr(0, length), "m.onnx"); }), {"m.onnx"});
}

TEST(ImportShapes, GiveDynamicDimensionsAValue) {
  const OnnxModel model = OnnxModel().dynamic_input("x", "batch", {3}).node("Relu", {"x"}, {"y"}).output("y");
  const Network network = model.import({{{"x", {5, 3}}}});
  EXPECT_EQ(network.graph.shape(network.graph.outputs()[0].tensor), (Shape{5, 3}));
}

TEST(ImportShapes, MayNotChangeAFixedDimension) {
  const OnnxModel model = OnnxModel().dynamic_input("x", "batch", {3}).node("Relu", {"x"}, {"y"}).output("y");
  expect_contains(message_of(model, {{{"x", {5, 4}}}}), {"--shape gives input 'x' the shape 5x4", "[batch, 3]"});
}

TEST(ImportShapes, OfAnUnknownInputAreAUsageError) {
  expect_contains(message_of(with_input().node("Relu", {"x"}, {"y"}).output("y"), {{{"data", {1}}}}, Code::usage),
                  {"'data'", "its inputs are 'x'"});
}

OnnxModel two_batches() {
  return OnnxModel()
      .dynamic_input("x", "batch", {3})
      .dynamic_input("mask", "batch", {3})
      .node("Mul", {"x", "mask"}, {"y"})
      .output("y");
}

TEST(ImportShapes, OfOneInputHoldForDimensionsOfTheSameNameInOthers) {
  const Network network = two_batches().import({{{"x", {5, 3}}}});
  EXPECT_EQ(network.graph.shape(network.graph.inputs()[1].tensor), (Shape{5, 3}));
}

TEST(ImportShapes, ThatGiveOneNameTwoExtentsAreContradictions) {
  expect_contains(message_of(two_batches(), {{{"x", {5, 3}}, {"mask", {4, 3}}}}),
                  {"dimension 'batch'", "5 by the shape of input 'x'", "4 by that of 'mask'"});
}

// PaddlePaddle's exporter calls every open dimension "?".
TEST(ImportShapes, MayDifferWhereANameSaysNothing) {
  for (const std::string name : {"?", "n"}) {
    OnnxModel model = OnnxModel().dynamic_input("x", name, {3, 3}).node("Relu", {"x"}, {"y"}).output("y");
    model.proto()
        .mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(1)
        ->set_dim_param(name);
    EXPECT_NO_THROW(model.import({{{"x", {5, 4, 3}}}})) << name;
  }
}

TEST(ImportShapes, ThatContradictTheFileAreNamedAtOnce) {
  expect_contains(message_of(two_batches(), {{{"x", {5, 4}}, {"mask", {5, 7}}}}),
                  {"'x' the shape 5x4", "'mask' the shape 5x7"});
}

TEST(ImportShapes, ThatAreOpenAreNamedAtOnceWithAnExample) {
  expect_contains(message_of(two_batches()), {"'x' [batch, 3]", "'mask' [batch, 3]", "--shape x:1x3 --shape mask:1x3"});
}

TEST(ImportShapes, OfDataFillInWhatIsOpen) {
  ImportOptions options;
  options.fed = {{"mask", {5, 3}, std::nullopt}, {"no input", {7}, std::nullopt}};
  const Network by_name = two_batches().import(options);
  EXPECT_EQ(by_name.graph.shape(by_name.graph.inputs()[0].tensor), (Shape{5, 3}));
  options.fed = {{"", {6, 3}, 0}, {"", {6, 3}, 1}};
  const Network by_position = two_batches().import(options);
  EXPECT_EQ(by_position.graph.shape(by_position.graph.inputs()[1].tensor), (Shape{6, 3}));
}

TEST(ImportNotes, TellThatTheOperatorSetIsNewerThanTested) {
  const Network network = OnnxModel(21).input("x", {1}).node("Relu", {"x"}, {"y"}).output("y").import();
  ASSERT_EQ(network.notes.size(), 1u);
  expect_contains(network.notes[0], {"operator set 21", "17"});
}

// Models of IR version 3 list their weights among the inputs.
TEST(ImportInputs, WeightsThatAreListedAsInputsAreNone) {
  const Network network = OnnxModel(9)
                              .input("x", {3})
                              .input("w", {3})
                              .weight("w", counting({3}))
                              .node("Mul", {"x", "w"}, {"y"})
                              .output("y")
                              .import();
  ASSERT_EQ(network.graph.inputs().size(), 1u);
  EXPECT_EQ(network.graph.inputs()[0].name, "x");
}

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("tilewright_graph_test_{}_{}", ::getpid(), ++count)) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

 private:
  static inline int count = 0;
  std::filesystem::path path_;
};

/// x times a weight of 3 elements that is stored in `location` from byte `offset` on.
OnnxModel with_external_weight(const std::string& location, const std::string& offset,
                               const std::string& length = "12") {
  OnnxModel model = OnnxModel().input("x", {3}).weight("w", counting({3})).node("Mul", {"x", "w"}, {"y"}).output("y");
  onnx::TensorProto* weight = model.proto().mutable_graph()->mutable_initializer(0);
  weight->clear_float_data();
  weight->set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] :
       {std::pair<std::string, std::string>{"location", location}, {"offset", offset}, {"length", length}}) {
    onnx::StringStringEntryProto* entry = weight->add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  return model;
}

TEST(ImportWeights, MayBeInAFileOfTheirOwn) {
  const TemporaryFolder folder;
  const float values[] = {9, 1, 2, 3};
  folder.write("weights.bin", {reinterpret_cast<const char*>(values), sizeof(values)});
  const Network network = import_onnx(folder.write("model.onnx", with_external_weight("weights.bin", "4").bytes()));
  expect_near(run_reference(partition(network.graph), {{"x", array({3}, {1, 1, 1})}}).at("y"), array({3}, {1, 2, 3}));
}

TEST(ImportWeights, NameTheFileThatIsMissingOrTooShort) {
  const TemporaryFolder folder;
  folder.write("short.bin", "0123456789");
  const auto import = [&](const std::string& location, const std::string& offset) {
    return message_of([&] { import_onnx(folder.write("model.onnx", with_external_weight(location, offset).bytes())); });
  };
  expect_contains(import("missing.bin", "0"), {"weight 'w'", "cannot read", "missing.bin"});
  for (const std::string offset : {"-4", "abc", "", "4 ", "99999999999999999999"})
    expect_contains(import("short.bin", offset), {"weight 'w'", "offset '" + offset + "', expected a number of bytes"});
  for (const std::string offset : {"0", "4", "99"})
    expect_contains(import("short.bin", offset), {"weight 'w'", "short.bin has 10 bytes, but 12 from byte " + offset});
}

TEST(ImportErrors, ExternalDataOutsideOfTheModelsFolderIsRefused) {
  for (const std::string location : {"../secret", "/etc/passwd", "a/../../b", "a/../b"})
    expect_contains(message_of(with_external_weight(location, "0")),
                    {"weight 'w'", location, "not inside of the model's folder"});
}

TEST(ImportErrors, ExternalDataOfAnotherLengthIsRefused) {
  const TemporaryFolder folder;
  folder.write("weights.bin", std::string(100, '\0'));
  for (const std::string length : {"11", "13", "0"})
    expect_contains(message_of([&] {
                      import_onnx(folder.write("model.onnx", with_external_weight("weights.bin", "0", length).bytes()));
                    }),
                    {"weight 'w'", "weights.bin of length " + length + ", but its shape and type need 12 bytes"});
}

TEST(ImportErrors, ExternalDataThatIsNoFileOrALinkIsRefused) {
  const TemporaryFolder outside, folder;
  const std::filesystem::path secret = outside.write("secret", std::string(100, 's'));
  const std::filesystem::path model = folder.write("model.onnx", "");
  const std::filesystem::path weights =
      folder.write("model.onnx", with_external_weight("w", "0").bytes()).parent_path() / "w";
  const auto import = [&](Links links) {
    ImportOptions options;
    options.external_data = links;
    return message_of([&] { import_onnx(model, options); });
  };
  std::filesystem::create_directory(weights);
  expect_contains(import(Links::refused), {"weight 'w'", "it is a directory"});
  std::filesystem::remove(weights);
  ASSERT_EQ(::mkfifo(weights.c_str(), 0600), 0);
  for (const Links links : {Links::refused, Links::followed})
    expect_contains(import(links), {"weight 'w'", "it is a pipe"});
  std::filesystem::remove(weights);
  std::filesystem::create_hard_link(secret, weights);
  expect_contains(import(Links::refused), {"weight 'w'", "hard link", "--external-data follow"});
  std::filesystem::remove(weights);
  std::filesystem::create_symlink(secret, weights);
  expect_contains(import(Links::refused), {"weight 'w'", "symbolic link", "--external-data follow"});
}

TEST(ImportWeights, MayBeReachedByLinksIfThatIsAskedFor) {
  const TemporaryFolder store, folder;  // as of a cache that names files by their content
  const float values[] = {1, 2, 3};
  store.write("6b1ab3", {reinterpret_cast<const char*>(values), sizeof(values)});
  const auto model = store.write("90a41c", with_external_weight("weights.bin", "0").bytes());
  const auto snapshot = folder.write("unused", "").parent_path();
  std::filesystem::create_symlink(model, snapshot / "model.onnx");
  std::filesystem::create_symlink(model.parent_path() / "6b1ab3", snapshot / "weights.bin");
  ImportOptions options;
  options.external_data = Links::followed;
  const Network network = import_onnx(snapshot / "model.onnx", options);
  expect_near(run_reference(partition(network.graph), {{"x", array({3}, {1, 1, 1})}}).at("y"), array({3}, {1, 2, 3}));
}

TEST(ImportWeights, InAFileTakeNoMoreMemoryThanTheFileHas) {
  const TemporaryFolder folder;
  folder.write("weights.bin", std::string(16, '\0'));
  OnnxModel model = with_external_weight("weights.bin", "0");
  onnx::GraphProto& graph = *model.proto().mutable_graph();
  const auto add = [&](const std::string& name, const std::string& offset) {
    onnx::TensorProto& weight = *graph.add_initializer();
    weight = graph.initializer(0);
    weight.set_name(name);
    weight.mutable_external_data(1)->set_value(offset);
    model.node("Add", {"y", name}, {name + "_sum"}).output(name + "_sum");
  };
  add("same", "0");
  EXPECT_NO_THROW(import_onnx(folder.write("model.onnx", model.bytes())));
  add("overlapping", "4");
  expect_contains(message_of([&] { import_onnx(folder.write("model.onnx", model.bytes())); }),
                  {"weight 'overlapping'", "weights.bin has 16 bytes, but its tensors overlap and are more"});
}

TEST(ImportErrors, NamesThatAreNoTextAreRefused) {
  for (const std::string& name : {std::string("y\xff"), std::string("y\0z", 3)}) {
    expect_contains(message_of(OnnxModel().input("x", {3}).node("Relu", {"x"}, {name}).output(name)),
                    {"the name of an output is no UTF-8 text"});
    expect_contains(message_of(OnnxModel().input(name, {3}).node("Relu", {name}, {"y"}).output("y")),
                    {"the name of an input is no UTF-8 text"});
  }
}

TEST(ImportErrors, AModelLargerThanProtobufReadsIsNotRead) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.write("model.onnx", "");
  std::filesystem::resize_file(path, std::uintmax_t{6} << 30);  // sparse
  expect_contains(message_of([&] { import_onnx(path); }), {"is larger than 2 GiB; save its weights as external data"});
}

TEST(Check, ListsEverythingThatIsMissingAtOnce) {
  const TemporaryFolder folder;
  const OnnxModel model = with_input()
                              .node("Frobnicate", {"x"}, {"a"})
                              .node("Relu", {"a"}, {"b"})  // its input is unknown, which is no problem of its own
                              .node("Frobnicate", {"b"}, {"c"})
                              .node("MaxPool", {"x"}, {"d"})
                              .node("Relu", {"c"}, {"y"}, {{"shine", std::int64_t{1}}})
                              .output("y")
                              .output("d");
  const ModelCheck check = check_onnx(folder.write("model.onnx", model.bytes()));
  EXPECT_FALSE(check.supported());
  ASSERT_EQ(check.missing.size(), 3u);
  EXPECT_EQ(check.missing[0].op, "Frobnicate");
  EXPECT_EQ(check.missing[0].nodes.size(), 2u);
  EXPECT_EQ(check.missing[0].opset, 13);
  EXPECT_EQ(check.missing[1].reason, "attribute 'kernel_shape' is missing");
  EXPECT_EQ(check.missing[2].reason, "attribute 'shine' is not supported");
  EXPECT_EQ(check.operators.at("Relu"), 2);
}

TEST(Check, FindsNothingInAModelThatIsSupported) {
  const TemporaryFolder folder;
  EXPECT_TRUE(
      check_onnx(folder.write("model.onnx", with_input().node("Relu", {"x"}, {"y"}).output("y").bytes())).supported());
}

}  // namespace
}  // namespace tilewright::graph
