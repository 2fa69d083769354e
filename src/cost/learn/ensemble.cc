#include "cost/learn/ensemble.h"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <limits>
#include <new>
#include <string_view>

#include "base/error.h"

namespace tilewright::cost {
namespace {

/// XGBoost's interface is C: a lack of memory arrives as the name of the exception.
void pass_on_lack_of_memory(int code) {
  if (code != 0 && std::string_view(XGBGetLastError()).find("bad_alloc") != std::string_view::npos)
    throw std::bad_alloc();
}

void check(int code) {
  pass_on_lack_of_memory(code);
  TW_CHECK(code == 0, "XGBoost: {}", XGBGetLastError());
}

/// A matrix as training takes it.
class TrainingMatrix {
 public:
  explicit TrainingMatrix(const Matrix& rows) {
    check(XGDMatrixCreateFromMat_omp(rows.values.data(), static_cast<bst_ulong>(rows.count()),
                                     static_cast<bst_ulong>(rows.columns), std::numeric_limits<float>::quiet_NaN(),
                                     &handle_, 1));
  }
  ~TrainingMatrix() { XGDMatrixFree(handle_); }
  TrainingMatrix(const TrainingMatrix&) = delete;
  TrainingMatrix& operator=(const TrainingMatrix&) = delete;
  DMatrixHandle get() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

}  // namespace

struct Ensemble::Handle {
  Handle() { check(XGBoosterCreate(nullptr, 0, &booster)); }
  ~Handle() { XGBoosterFree(booster); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  template <class Value>
  void set(const char* name, const Value& value) {
    check(XGBoosterSetParam(booster, name, fmt::format("{}", value).c_str()));
  }
  void set(const TreeOptions& options) {
    set("verbosity", 0);
    set("nthread", 1);
    set("booster", "gbtree");
    set("tree_method", "hist");
    set("objective", "reg:squarederror");  // not used: gradients are given
    set("disable_default_eval_metric", 1);
    set("max_depth", options.max_depth);
    set("eta", options.eta);
    set("lambda", options.lambda);
    set("gamma", options.gamma);
    set("min_child_weight", options.min_child_weight);
    set("colsample_bytree", options.colsample);
    set("base_score", options.base);
    set("max_bin", options.max_bin);
    set("seed", options.seed % std::numeric_limits<int>::max());
  }
  BoosterHandle booster = nullptr;
};

Ensemble::Ensemble(const TreeOptions& options) : handle_(std::make_unique<Handle>()), options_(options) {
  handle_->set(options);
}
Ensemble::~Ensemble() = default;
Ensemble::Ensemble(Ensemble&&) noexcept = default;
Ensemble& Ensemble::operator=(Ensemble&&) noexcept = default;

void Ensemble::boost(const Matrix& rows, std::span<const float> fixed, Objective& objective, int rounds) {
  if (rows.count() == 0) return;
  const TrainingMatrix matrix(rows);
  if (trees_ == 0) handle_->set("num_feature", rows.columns);
  const auto count = static_cast<std::size_t>(rows.count());
  std::vector<float> answers(count), gradient(count), hessian(count);
  for (int r = 0; r < rounds; ++r) {
    bst_ulong length = 0;
    const float* own = nullptr;
    check(XGBoosterPredict(handle_->booster, matrix.get(), /*margin*/ 1, 0, /*training*/ 1, &length, &own));
    for (std::size_t i = 0; i < count; ++i) answers[i] = own[i] + (fixed.empty() ? 0.0F : fixed[i]);
    objective.derive(answers, gradient, hessian);
    check(XGBoosterBoostOneIter(handle_->booster, matrix.get(), gradient.data(), hessian.data(), count));
    ++trees_;
  }
}

std::vector<float> Ensemble::predict(const Matrix& rows) const {
  const int count = rows.count();
  if (trees_ == 0 || count == 0)
    return std::vector<float>(static_cast<std::size_t>(count), static_cast<float>(options_.base));
  const std::string array = fmt::format(R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
                                        reinterpret_cast<std::uintptr_t>(rows.values.data()), count, rows.columns);
  constexpr const char* kConfig =
      R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false, )"
      R"("cache_id": 0, "missing": NaN})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* answers = nullptr;
  check(XGBoosterPredictFromDense(handle_->booster, array.c_str(), kConfig, nullptr, &shape, &dimensions, &answers));
  return std::vector<float>(answers, answers + count);
}

std::string Ensemble::to_bytes() const {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(handle_->booster, R"({"format": "ubj"})", &length, &bytes));
  return std::string(bytes, length);
}

Ensemble Ensemble::from_bytes(std::span<const char> bytes, const TreeOptions& options, const std::string& source) {
  Ensemble ensemble(options);
  int rounds = 0;
  if (XGBoosterLoadModelFromBuffer(ensemble.handle_->booster, bytes.data(), bytes.size()) != 0 ||
      XGBoosterBoostedRounds(ensemble.handle_->booster, &rounds) != 0) {
    pass_on_lack_of_memory(-1);
    throw Error(Code::bad_input, "{} holds no model that XGBoost can read: {}", source,
                std::string_view(XGBGetLastError()).substr(0, 200));
  }
  ensemble.handle_->set(options);
  ensemble.trees_ = rounds;
  return ensemble;
}

}  // namespace tilewright::cost
