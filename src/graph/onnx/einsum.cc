// Einsum as transpositions, sums and matrix products: operands are joined from the first to the last, and what no later
// one needs is summed as early as can be.

#include <algorithm>
#include <map>

#include "base/integer.h"
#include "base/shape_text.h"
#include "graph/onnx/functions.h"

namespace tilewright::graph {
namespace {

/// What stands at one dimension: a letter, or a dimension that an ellipsis stands for (counted from the last, from 0).
using Label = int;
using Labels = std::vector<Label>;
constexpr Label kEllipsis = 256;

bool has(const Labels& labels, Label label) { return std::find(labels.begin(), labels.end(), label) != labels.end(); }

struct Term {
  TensorId tensor;
  Labels labels;  ///< one per dimension, none twice
};

class Equation {
 public:
  Equation(OnnxNode& node, std::string text) : node_(node) {
    std::erase(text, ' ');
    const std::size_t arrow = text.find("->");
    const std::string left = text.substr(0, arrow);
    std::vector<std::string> parts(1);
    for (const char c : left) {
      if (c == ',')
        parts.emplace_back();
      else
        parts.back() += c;
    }
    if (static_cast<int>(parts.size()) != node.num_inputs())
      refuse("equation '{}' has {} terms for {} inputs", text, parts.size(), node.num_inputs());
    for (int i = 0; i < node.num_inputs(); ++i) read_term(parts[static_cast<std::size_t>(i)], i);
    if (arrow == std::string::npos) {  // all that stand once, in the alphabet's order
      for (int d = dots_; d-- > 0;) output_.push_back(kEllipsis + d);
      for (const auto& [label, count] : counts_)
        if (label < kEllipsis && count == 1) output_.push_back(label);
    } else {
      output_ = labels_of(text.substr(arrow + 2), dots_);
    }
    for (std::size_t i = 0; i < output_.size(); ++i)
      if (extents_.count(output_[i]) == 0 || std::count(output_.begin(), output_.end(), output_[i]) != 1)
        refuse("equation '{}': dimension {} of the output is in no input, or there twice", text, i);
  }

  TensorId result() {
    for (Term& term : terms_) drop_stretched(term);
    while (terms_.size() > 1) {
      const Term first = terms_[0], second = terms_[1];
      terms_.erase(terms_.begin(), terms_.begin() + 2);
      terms_.insert(terms_.begin(), joined(sum_out(first, {second}), sum_out(second, {first})));
    }
    const Term all = terms_[0];
    terms_.clear();
    Term last = sum_out(all, {});
    Shape shape;
    for (const Label label : output_) {
      shape.push_back(extents_.at(label));
      if (!has(last.labels, label)) append(last, label);
    }
    return node_.add(Expand{shape}, {in_order(last, output_)});
  }

 private:
  Labels labels_of(const std::string& text, int dots) const {
    Labels labels;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.compare(i, 3, "...") == 0) {
        for (int d = dots; d-- > 0;) labels.push_back(kEllipsis + d);
        i += 2;
      } else if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z')) {
        labels.push_back(text[i]);
      } else {
        refuse("'{}' is no term of an equation", text);
      }
    }
    return labels;
  }

  void read_term(const std::string& text, int input) {
    const auto letters = static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return c != '.'; }));
    const bool has_dots = text.find("...") != std::string::npos;
    const int rank = node_.rank(input), dots = has_dots ? rank - letters : 0;
    if (dots < 0 || (!has_dots && letters != rank))
      refuse("term '{}' of the equation does not fit input {} of shape {}", text, input,
             shape_text(node_.shape(input)));
    dots_ = std::max(dots_, dots);
    Term term{node_.input(input), labels_of(text, dots)};
    if (static_cast<int>(term.labels.size()) != rank)
      refuse("term '{}' of the equation has more than one ellipsis", text);
    for (std::size_t d = 0; d < term.labels.size(); ++d) {
      ++counts_[term.labels[d]];
      std::int64_t& extent = extents_.emplace(term.labels[d], 1).first->second;
      const std::int64_t own = node_.shape(input)[d];
      if (own != extent && own != 1 && extent != 1)
        refuse("dimension {} of input {} has extent {}, another of its name {}", d, input, own, extent);
      if (own != 1) extent = own;
    }
    while (take_diagonal(term)) {
    }
    terms_.push_back(term);
  }

  /// Replaces the first two dimensions of one name by their diagonal.
  bool take_diagonal(Term& term) {
    for (std::size_t i = 0; i < term.labels.size(); ++i) {
      const auto later =
          std::find(term.labels.begin() + static_cast<std::ptrdiff_t>(i) + 1, term.labels.end(), term.labels[i]);
      if (later == term.labels.end()) continue;
      const auto j = static_cast<std::size_t>(later - term.labels.begin());
      const std::int64_t n = node_.shape_of(term.tensor)[i];
      if (node_.shape_of(term.tensor)[j] != n)
        refuse("dimensions {} and {} of shape {} have one name", i, j, shape_text(node_.shape_of(term.tensor)));
      std::vector<int> order;
      Labels labels;
      Shape flat, diagonal;
      for (std::size_t d = 0; d < term.labels.size(); ++d) {
        if (d == i || d == j) continue;
        order.push_back(static_cast<int>(d));
        labels.push_back(term.labels[d]);
        flat.push_back(node_.shape_of(term.tensor)[d]);
      }
      order.insert(order.end(), {static_cast<int>(i), static_cast<int>(j)});
      labels.push_back(term.labels[i]);
      diagonal = flat;
      flat.push_back(n * n);
      diagonal.push_back(n);
      Slice slice{Shape(diagonal.size(), 0), Shape(diagonal.size(), 1), diagonal};
      slice.steps.back() = n + 1;
      term = {node_.add(slice, {node_.reshape(node_.add(Transpose{order}, {term.tensor}), flat)}), labels};
      return true;
    }
    return false;
  }

  /// Leaves out dimensions of extent 1 that others stretch.
  void drop_stretched(Term& term) {
    Labels labels;
    Shape shape;
    for (std::size_t d = 0; d < term.labels.size(); ++d) {
      const std::int64_t own = node_.shape_of(term.tensor)[d];
      if (own == 1 && extents_.at(term.labels[d]) != 1) continue;
      labels.push_back(term.labels[d]);
      shape.push_back(own);
    }
    term = {node_.reshape(term.tensor, shape), labels};
  }

  bool is_needed(Label label, const std::vector<Term>& others) const {
    const auto holds = [&](const Term& other) { return has(other.labels, label); };
    return has(output_, label) || std::any_of(others.begin(), others.end(), holds) ||
           std::any_of(terms_.begin(), terms_.end(), holds);
  }

  /// Sums over the dimensions that neither the output nor another term has.
  Term sum_out(const Term& term, const std::vector<Term>& others) {
    Reduce reduce{ReduceKind::sum, {}, false};
    Labels kept;
    for (std::size_t d = 0; d < term.labels.size(); ++d) {
      if (is_needed(term.labels[d], others))
        kept.push_back(term.labels[d]);
      else
        reduce.axes.push_back(static_cast<int>(d));
    }
    return reduce.axes.empty() ? term : Term{node_.add(reduce, {term.tensor}), kept};
  }

  TensorId in_order(const Term& term, const Labels& labels) {
    std::vector<int> order;
    for (const Label label : labels)
      order.push_back(static_cast<int>(std::find(term.labels.begin(), term.labels.end(), label) - term.labels.begin()));
    return std::is_sorted(order.begin(), order.end()) ? term.tensor : node_.add(Transpose{order}, {term.tensor});
  }

  /// A dimension of extent 1 at the end.
  void append(Term& term, Label label) {
    Shape shape = node_.shape_of(term.tensor);
    shape.push_back(1);
    term.tensor = node_.reshape(term.tensor, shape);
    term.labels.push_back(label);
  }

  Shape extents(const Labels& labels) const {
    Shape shape;
    for (const Label label : labels) shape.push_back(extents_.at(label));
    return shape;
  }

  /// Both multiplied, and summed over what only they have.
  Term joined(const Term& a, const Term& b) {
    Labels batch, summed, rows, columns;
    for (const Label label : a.labels) {
      if (!has(b.labels, label))
        rows.push_back(label);
      else
        (is_needed(label, {}) ? batch : summed).push_back(label);
    }
    for (const Label label : b.labels)
      if (!has(a.labels, label)) columns.push_back(label);
    const auto matrices = [&](const Term& term, const Labels& first, const Labels& second) {
      Labels all = batch;
      all.insert(all.end(), first.begin(), first.end());
      all.insert(all.end(), second.begin(), second.end());
      return node_.reshape(in_order(term, all),
                           {product(extents(batch)), product(extents(first)), product(extents(second))});
    };
    Labels labels = batch;
    labels.insert(labels.end(), rows.begin(), rows.end());
    labels.insert(labels.end(), columns.begin(), columns.end());
    const TensorId left = matrices(a, rows, summed), right = matrices(b, summed, columns);
    const TensorId out =
        summed.empty() ? node_.binary(te::BinaryOp::mul, left,
                                      node_.reshape(right, {product(extents(batch)), 1, product(extents(columns))}))
                       : node_.add(MatMul{}, {left, right});
    return {node_.reshape(out, extents(labels)), labels};
  }

  OnnxNode& node_;
  std::vector<Term> terms_;
  Labels output_;
  int dots_ = 0;
  std::map<Label, std::int64_t> extents_;
  std::map<Label, int> counts_;
};

}  // namespace

Outputs import_einsum(OnnxNode& node) {
  for (int i = 0; i < node.num_inputs(); ++i)
    if (node.type(i) == DType::boolean || node.type(i) != node.type(0))
      refuse("its inputs have types {} and {}, expected numbers of one type", tilewright::to_text(node.type(0)),
             tilewright::to_text(node.type(i)));
  return {Equation(node, node.text("equation", "")).result()};
}

}  // namespace tilewright::graph
