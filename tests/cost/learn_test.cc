#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/rng.h"
#include "cost/learn/learner.h"
#include "cost/learn/model_file.h"
#include "cost/learn/objectives.h"

namespace tilewright::cost {
namespace {

/// Squared error to given targets.
class Fit : public Ensemble::Objective {
 public:
  explicit Fit(std::vector<float> targets) : targets_(std::move(targets)) {}
  void derive(std::span<const float> answers, std::span<float> gradient, std::span<float> hessian) override {
    for (std::size_t i = 0; i < answers.size(); ++i) gradient[i] = answers[i] - targets_[i], hessian[i] = 1;
  }

 private:
  std::vector<float> targets_;
};

/// Rows of two columns, and a target that is a step in the first.
struct Steps {
  std::vector<float> values, targets;
  explicit Steps(int count) {
    Rng rng(1);
    for (int i = 0; i < count; ++i) {
      const auto x = static_cast<float>(rng.uniform());
      values.insert(values.end(), {x, static_cast<float>(rng.uniform())});
      targets.push_back(x > 0.5F ? 3.0F : -1.0F);
    }
  }
  Matrix rows() const { return {values, 2}; }
};

task::Measurement timed(double seconds, bool cut_short = false) {
  task::Measurement m;
  m.times_s = {seconds};
  m.cut_short = cut_short;
  return m;
}

task::Measurement failed() {
  task::Measurement m;
  m.error = task::ErrorKind::wrong_answer;
  return m;
}

/// Programs of one row and one column each.
TrainingSet programs(const std::vector<double>& cycles, const std::vector<task::Measurement>& measurements) {
  TrainingSet data(1, 1000);
  for (std::size_t i = 0; i < cycles.size(); ++i)
    data.add("task", {{static_cast<float>(i)}, {cycles[i]}}, measurements[i]);
  return data;
}

struct Derivatives {
  std::vector<float> gradient, hessian;
};
template <class Objective>
Derivatives derive(const TrainingSet& data, const std::vector<float>& answers) {
  Derivatives d{std::vector<float>(answers.size()), std::vector<float>(answers.size())};
  Objective(data).derive(answers, d.gradient, d.hessian);
  return d;
}

TEST(Ensemble, LearnsAStep) {
  const Steps steps(200);
  Ensemble ensemble({.eta = 0.5, .lambda = 0});
  Fit fit(steps.targets);
  ensemble.boost(steps.rows(), {}, fit, 20);
  EXPECT_EQ(ensemble.trees(), 20);
  const std::vector<float> answers = ensemble.predict(steps.rows());
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (std::abs(steps.values[2 * i] - 0.5F) > 0.05F) {  // bins are coarse
      EXPECT_NEAR(answers[i], steps.targets[i], 0.1);
    }
}

TEST(Ensemble, AnswersItsBaseBeforeItHasTrees) {
  const Steps steps(3);
  EXPECT_EQ(Ensemble({.base = 0.5}).predict(steps.rows()), std::vector<float>(3, 0.5F));
}

TEST(Ensemble, AddsTreesToWhatOthersAnswer) {
  const Steps steps(200);
  Ensemble ensemble({.eta = 1, .lambda = 0});
  Fit fit(steps.targets);
  ensemble.boost(steps.rows(), steps.targets, fit, 3);  // nothing is left to learn
  for (float answer : ensemble.predict(steps.rows())) EXPECT_NEAR(answer, 0, 1e-6);
}

TEST(Ensemble, DependsOnDataAndSeedOnly) {
  const Steps steps(300);
  const auto bytes = [&](std::uint64_t seed) {
    Ensemble ensemble({.colsample = 0.5, .seed = seed});
    Fit fit(steps.targets);
    ensemble.boost(steps.rows(), {}, fit, 10);
    return ensemble.to_bytes();
  };
  EXPECT_EQ(bytes(1), bytes(1));
  EXPECT_NE(bytes(1), bytes(2));
}

TEST(Ensemble, SurvivesItsBytesAndGrowsOn) {
  const Steps steps(100);
  Ensemble ensemble({});
  Fit fit(steps.targets);
  ensemble.boost(steps.rows(), {}, fit, 5);
  Ensemble copy = Ensemble::from_bytes(ensemble.to_bytes(), {}, "a test");
  EXPECT_EQ(copy.trees(), 5);
  EXPECT_EQ(copy.predict(steps.rows()), ensemble.predict(steps.rows()));
  copy.boost(steps.rows(), {}, fit, 1);
  EXPECT_EQ(copy.trees(), 6);
  EXPECT_NE(copy.predict(steps.rows()), ensemble.predict(steps.rows()));
}

TEST(TrainingSet, TakesFailuresAndShortCutsForLowerBounds) {
  const TrainingSet data = programs({1, 1, 1}, {timed(2), timed(3, true), failed()});
  EXPECT_EQ(data.best_s(0), 2);
  EXPECT_FALSE(data.observed(data.programs()[0]).at_least);
  EXPECT_EQ(data.observed(data.programs()[1]).time_s, 3);
  EXPECT_TRUE(data.observed(data.programs()[1]).at_least);
  EXPECT_EQ(data.observed(data.programs()[2]).time_s, 2 * kFailedFactor);
  EXPECT_TRUE(data.observed(data.programs()[2]).at_least);
}

TEST(TrainingSet, ForgetsTheOldestButNotTheBest) {
  TrainingSet data(2, 8);
  for (int i = 0; i < 11; ++i) data.add("task", {std::vector<float>(4, static_cast<float>(i)), {1, 2}}, timed(1 + i));
  ASSERT_EQ(data.programs().size(), 8u);
  EXPECT_EQ(data.total(), 11u);
  EXPECT_EQ(data.best_s(0), 1);
  EXPECT_EQ(data.rows().count(), 16);
  EXPECT_EQ(data.cycles().size(), 16u);
  for (const auto& program : data.programs())  // rows stay with their program
    EXPECT_EQ(data.rows().values[program.first_row * 2], static_cast<float>(program.measurement.times_s[0] - 1));
}

TEST(CorrectionObjective, IsContentWithAnEstimateThatIsRightUpToAFactor) {
  const TrainingSet data = programs({100, 200, 400}, {timed(1), timed(2), timed(4)});
  for (float g : derive<CorrectionObjective>(data, {0, 0, 0}).gradient) EXPECT_NEAR(g, 0, 1e-6);
}

TEST(CorrectionObjective, WeighsErrorsOfLogTimeWithThroughput) {
  // Both estimates are alike, the second takes twice as long: errors 0 and -1 before the offset, whose weights are 1
  // and 1/2; the offset is 1/3.
  const Derivatives d = derive<CorrectionObjective>(programs({64, 64}, {timed(1), timed(2)}), {0, 0});
  EXPECT_NEAR(d.gradient[0], 1.0 / 3, 1e-6);
  EXPECT_NEAR(d.gradient[1], -2.0 / 3 / 2, 1e-6);
  EXPECT_NEAR(d.hessian[0], 1, 1e-6);
  EXPECT_NEAR(d.hessian[1], 0.5, 1e-6);
}

TEST(CorrectionObjective, SharesAnErrorAmongRowsAsTheirTimes) {
  TrainingSet data(1, 10);
  data.add("task", {{0, 1}, {30, 10}}, timed(1));
  data.add("task", {{2}, {40}}, timed(2));
  const Derivatives d = derive<CorrectionObjective>(data, {0, 0, 0});
  EXPECT_NEAR(d.gradient[0], 0.75 / 3, 1e-6);
  EXPECT_NEAR(d.gradient[1], 0.25 / 3, 1e-6);
}

TEST(CorrectionObjective, LeavesProgramsAloneThatAreSlowerThanTheirBound) {
  const TrainingSet data = programs({100, 100, 400, 100}, {timed(1), timed(1), timed(2, true), timed(2, true)});
  const Derivatives d = derive<CorrectionObjective>(data, {0, 0, 0, 0});
  EXPECT_NEAR(d.gradient[0], 0, 1e-5);  // bounds do not move the offset
  EXPECT_EQ(d.gradient[2], 0);          // estimated at 4 s, known to take 2 s or more
  EXPECT_LT(d.gradient[3], -0.1);       // estimated at 1 s
}

TEST(CorrectionObjective, LearnsNothingFromATaskWhereNothingWorked) {
  for (float g : derive<CorrectionObjective>(programs({1, 2}, {failed(), failed()}), {0, 0}).gradient) EXPECT_EQ(g, 0);
}

TEST(ThroughputObjective, IsAnsors) {
  // Labels 1 and 1/2, weights alike; the second program's rows answer 0.75 in sum.
  TrainingSet data(1, 10);
  data.add("task", {{0}, {1}}, timed(1));
  data.add("task", {{1, 2}, {1, 1}}, timed(2));
  const Derivatives d = derive<ThroughputObjective>(data, {0.5, 0.5, 0.25});
  EXPECT_NEAR(d.gradient[0], -0.5, 1e-6);
  EXPECT_NEAR(d.gradient[1], 0.5 * 0.25, 1e-6);
  EXPECT_NEAR(d.gradient[2], 0.5 * 0.25, 1e-6);
  EXPECT_NEAR(d.hessian[1], 0.5, 1e-6);
}

TEST(Learner, TrainsInBatchesAndAnewWhenDataDoubled) {
  LearnerOptions options;
  options.first = 4, options.every = 2, options.rounds_anew = 5, options.rounds_more = 2;
  Learner learner(1, options, [](const TrainingSet& data) { return std::make_unique<CorrectionObjective>(data); });
  std::vector<int> trees;
  for (int i = 0; i < 10; ++i) {
    learner.add("task", {{static_cast<float>(i % 3)}, {100}}, timed(1 + i % 3));
    learner.learn();
    trees.push_back(learner.own().trees());
  }
  EXPECT_EQ(trees, (std::vector<int>{0, 0, 0, 5, 5, 7, 7, 5, 5, 7}));
}

TEST(Learner, FindsWhatTheEstimateMisses) {
  LearnerOptions options;
  options.trees.min_child_weight = 0;
  Learner learner(1, options, [](const TrainingSet& data) { return std::make_unique<CorrectionObjective>(data); });
  for (int i = 0; i < 64; ++i)  // the estimate is the same for all; the column decides
    learner.add("task", {{static_cast<float>(i % 2)}, {100}}, timed(i % 2 == 0 ? 1 : 4));
  learner.learn();
  const std::vector<float> values{0, 1};
  const std::vector<float> answers = learner.answers(values);
  EXPECT_NEAR(answers[1] - answers[0], 2, 0.2);  // log2 of 4
}

std::string model_error(std::string_view bytes) {
  try {
    from_model_file(bytes, "some.model");
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Code::bad_input);
    return e.what();
  }
  return "";
}

TEST(ModelFile, IsReadBack) {
  const Ensemble shipped = prior();
  EXPECT_GT(shipped.trees(), 0);
  const std::string file = to_model_file(shipped);
  EXPECT_EQ(from_model_file(file, "a copy").trees(), shipped.trees());
}

TEST(ModelFile, OfAnotherVersionIsRefusedWithBothNamed) {
  std::string file = to_model_file(prior());
  const std::string version = fmt::format("\"version\":{}", kModelVersion);
  file.replace(file.find(version), version.size(), "\"version\":999");
  EXPECT_EQ(model_error(file), fmt::format("the cost model some.model is of version 999, this program reads version "
                                           "{}: train it again with scripts/train_cost_model",
                                           kModelVersion));
}

TEST(ModelFile, OfOtherColumnsIsRefused) {
  std::string file = to_model_file(prior());
  file.replace(file.find("\"columns\":"), 12, "\"columns\":7");
  EXPECT_TRUE(model_error(file).starts_with("the cost model some.model has ")) << model_error(file);
}

TEST(ModelFile, ThatIsNoneIsRefused) {
  EXPECT_EQ(model_error("{\"i\": []}\n"), "some.model is not a cost model");
  EXPECT_EQ(model_error(""), "some.model is not a cost model");
  EXPECT_EQ(model_error(std::string(1 << 20, '[') + "\n"), "some.model is not a cost model");
}

TEST(ModelFile, ThatIsCutOffOrDamagedIsRefusedBeforeXgBoostReadsIt) {
  const std::string file = to_model_file(prior());
  const std::size_t trees = file.find('\n') + 1;
  EXPECT_EQ(model_error(file.substr(0, trees + 100)),
            fmt::format("the cost model some.model is cut off: it has 100 bytes of trees instead of {}",
                        file.size() - trees));
  for (std::size_t at = trees; at < file.size(); at += 997) {
    std::string damaged = file;
    damaged[at] ^= 1;
    ASSERT_EQ(model_error(damaged), "the cost model some.model is damaged: its checksum is wrong") << at;
  }
}

}  // namespace
}  // namespace tilewright::cost
