// Normalizations by mean and variance, where they differ from each other or from their usual form, and numbers that
// ONNX defines in f32.

#include <gtest/gtest.h>

#include "graph/passes.h"
#include "onnx_model.h"
#include "reference.h"

namespace tilewright::graph {
namespace {

Arrays run(const OnnxModel& model, const te::Array& x) {
  return run_reference(partition(optimize(model.import().graph)), {{"x", x}});
}

TEST(Moments, MeanVarianceNormalizationAddsItsEpsilonToTheDeviation) {
  OnnxModel model(13);
  model.input("x", {1, 1, 1, 2}).node("MeanVarianceNormalization", {"x"}, {"y"}).output("y");
  constexpr double kSmall = 1e-5;  // its square is well below the epsilon
  expect_near(run(model, array({1, 1, 1, 2}, {-kSmall, kSmall})).at("y"), array({1, 1, 1, 2}, {-0.9999, 0.9999}), 1e-5);
}

TEST(Moments, MeanVarianceNormalizationOfEqualNumbersIsZero) {
  OnnxModel model(13);
  model.input("x", {1, 1, 1, 3}).node("MeanVarianceNormalization", {"x"}, {"y"}).output("y");
  expect_near(run(model, array({1, 1, 1, 3}, {3, 3, 3})).at("y"), array({1, 1, 1, 3}, {0, 0, 0}));
}

TEST(Moments, LayerNormalizationStashesMeanAndDeviationInF32) {
  OnnxModel model(17);
  model.input("x", {1, 2}, onnx::TensorProto::DOUBLE);
  model.node("LayerNormalization", {"x", "x"}, {"y", "mean", "inverse"}).output("y").output("mean").output("inverse");
  const Arrays out = run(model, array({1, 2}, {1, 5}, DType::f64));
  EXPECT_EQ(out.at("y").type, DType::f64);
  expect_near(out.at("mean"), array({1, 1}, {3}));
  expect_near(out.at("inverse"), array({1, 1}, {0.5}), 1e-5);
}

TEST(Moments, DefaultsOfAttributesAreRoundedToF32) {
  OnnxModel model(13);
  model.input("x", {1}, onnx::TensorProto::DOUBLE).node("LeakyRelu", {"x"}, {"y"}).output("y");
  const double alpha = static_cast<double>(0.01F);
  expect_near(run(model, array({1}, {-1}, DType::f64)).at("y"), array({1}, {-alpha}, DType::f64), 1e-14);
}

TEST(Moments, HardSwishMultipliesByTheSixthOfF32) {
  OnnxModel model(14);
  model.input("x", {1}, onnx::TensorProto::DOUBLE).node("HardSwish", {"x"}, {"y"}).output("y");
  const double sixth = static_cast<double>(1.0F / 6);
  expect_near(run(model, array({1}, {1}, DType::f64)).at("y"), array({1}, {sixth + 0.5}, DType::f64), 1e-14);
}

}  // namespace
}  // namespace tilewright::graph
