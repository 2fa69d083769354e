#include "cost/learn/learner.h"

namespace tilewright::cost {

Learner::Learner(int columns, const LearnerOptions& options, MakeObjective objective, std::optional<Ensemble> prior)
    : options_(options),
      objective_(std::move(objective)),
      prior_(std::move(prior)),
      own_(options.trees),
      data_(columns, options.window) {}

void Learner::add(std::string_view task, ProgramRows rows, const task::Measurement& measurement) {
  data_.add(task, std::move(rows), measurement);
}

void Learner::learn() {
  const std::size_t total = data_.total();
  if (total < options_.first || total < trained_on_ + options_.every) return;
  const bool anew = total >= 2 * anew_on_ || own_.trees() + options_.rounds_more > options_.most_trees;
  if (anew) {
    own_ = Ensemble(options_.trees);
    anew_on_ = total;
  }
  trained_on_ = total;
  const auto objective = objective_(data_);
  const std::vector<float> fixed = prior_ ? prior_->predict(data_.rows()) : std::vector<float>{};
  own_.boost(data_.rows(), fixed, *objective, anew ? options_.rounds_anew : options_.rounds_more);
}

std::vector<float> Learner::answers(std::span<const float> values) const {
  const Matrix rows{values, data_.rows().columns};
  std::vector<float> sum = own_.predict(rows);
  if (!prior_) return sum;
  const std::vector<float> prior = prior_->predict(rows);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += prior[i];
  return sum;
}

}  // namespace tilewright::cost
