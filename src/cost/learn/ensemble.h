#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tilewright::cost {

/// Rows of features: `count` rows of `columns` values, one after another.
struct Matrix {
  std::span<const float> values;
  int columns = 0;
  int count() const { return columns == 0 ? 0 : static_cast<int>(values.size() / static_cast<std::size_t>(columns)); }
};

/// How trees are grown (XGBoost's names).
struct TreeOptions {
  int max_depth = 6;
  double eta = 0.2;               ///< share of a tree's answer that is added
  double lambda = 1;              ///< weight against large answers
  double gamma = 0;               ///< least gain of a split
  double min_child_weight = 0.5;  ///< least sum of hessians on one side of a split
  double colsample = 1;           ///< share of the columns that a tree sees
  double base = 0;                ///< what no tree answers
  int max_bin = 32;               ///< of the histograms
  std::uint64_t seed = 0;
};

/// Gradient-boosted regression trees over XGBoost's C interface. An answer is the sum over all trees.
///
/// Trees are grown by one thread with histograms, so that they depend on data and seed only, and none of OpenMP's
/// threads is left spinning beside a measurement. Errors: InternalError with XGBoost's text.
class Ensemble {
 public:
  explicit Ensemble(const TreeOptions& options);
  ~Ensemble();
  Ensemble(Ensemble&&) noexcept;
  Ensemble& operator=(Ensemble&&) noexcept;

  /// Fills gradient and hessian of the loss for the answers as they are; one entry per row.
  class Objective {
   public:
    virtual ~Objective() = default;
    virtual void derive(std::span<const float> answers, std::span<float> gradient, std::span<float> hessian) = 0;
  };
  /// Grows `rounds` more trees. `fixed`: answers of other models per row, added to the own ones; may be empty.
  void boost(const Matrix& rows, std::span<const float> fixed, Objective& objective, int rounds);
  int trees() const { return trees_; }

  /// One answer per row. Threads: may be called from several at once.
  std::vector<float> predict(const Matrix& rows) const;

  std::string to_bytes() const;
  /// The inverse; the options matter for further trees only. Errors: Error(bad_input) that names `source`.
  static Ensemble from_bytes(std::span<const char> bytes, const TreeOptions& options, const std::string& source);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  TreeOptions options_;
  int trees_ = 0;
};

}  // namespace tilewright::cost
