#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/blocked_layout.h"
#include "base/dtype.h"
#include "measure/protocol/frame.h"
#include "measure/protocol/wire.h"
#include "measure/timing/repetition.h"
#include "task/error_kind.h"

namespace tilewright::measure {

/// The worker's end of the socket pair.
inline constexpr int kWorkerSocket = 3;

// The conversation: the worker greets (frame.h). The tuner then sends a TaskMessage, a ReferenceMessage if it has one,
// and any number of RunMessages and RemeasureMessages; each of these is answered by its reply, or by the worker's
// death. A worker that is sent what makes no sense says so on its standard error and ends with kNoSense.
inline constexpr int kNoSense = 76;  ///< EX_PROTOCOL of sysexits.h

struct Argument {
  std::string name;
  DType type = DType::f32;
  std::vector<std::int64_t> shape;
  bool is_output = false;
  bool is_cold = false;  ///< out of the caches before every timed run
};

/// What a worker has to hold ready for the candidates of one task. Takes the place of the task before.
struct TaskMessage {
  std::vector<Argument> arguments;  ///< as a kernel takes them
  std::uint64_t seed = 0;           ///< of the inputs (base/fill_input.h)
  std::int64_t workspace_bytes =
      0;  ///< that a candidate may use beyond the arguments; 0: max(1 GiB, 4 times the arguments)
};

/// What the outputs must be.
struct ReferenceMessage {
  std::vector<std::string> outputs;  ///< bytes, one per output argument
  double tolerance = 0;              ///< as te::tolerance
};

struct RunSettings {
  int threads = 1;
  RepetitionRule repetition;
  double timeout_s = 5;  ///< of each run
  bool warm_up = true;   ///< a first run that is not timed; not for a candidate that ran before
  bool flush_caches = false;
  bool check_results = true;    ///< against the reference, if there is one
  bool return_outputs = false;  ///< send the outputs back
};

struct RunMessage {
  RunSettings settings;
  std::string symbol, object;
  std::vector<PackedArgument> packed;  ///< how the kernel takes its constants
};

struct RunReply {
  task::ErrorKind error = task::ErrorKind::none;
  std::string error_text;
  std::vector<double> times_s;
  bool cut_short = false;
  std::vector<std::string> outputs;
  std::int64_t resident_bytes = 0;  ///< that the worker holds now; 0: not known
};

/// Candidates to be timed in turns (worker/remeasurement.h).
struct RemeasureMessage {
  RepetitionRule rule;  ///< rounds, and the time that all may take together
  std::vector<RunMessage> candidates;
};

struct RemeasureReply {
  std::vector<RunReply> candidates;
};

// What is wrong with a message that came in one piece; nothing if it can be worked with. `task`: whose candidates they
// are.
std::optional<std::string> problem_with(const TaskMessage& message);
std::optional<std::string> problem_with(const ReferenceMessage& message, const TaskMessage& task);
std::optional<std::string> problem_with(const RunMessage& message, const TaskMessage& task);
std::optional<std::string> problem_with(const RemeasureMessage& message, const TaskMessage& task);

template <>
inline constexpr int kEnumerators<DType> = static_cast<int>(DType::f64) + 1;
template <>
inline constexpr int kEnumerators<task::ErrorKind> = task::kErrorKinds;

template <class Coder>
void fields(Coder& code, Argument& m) {
  code(m.name), code(m.type), code(m.shape), code(m.is_output), code(m.is_cold);
}
template <class Coder>
void fields(Coder& code, TaskMessage& m) {
  code(m.arguments), code(m.seed), code(m.workspace_bytes);
}
template <class Coder>
void fields(Coder& code, ReferenceMessage& m) {
  code(m.outputs), code(m.tolerance);
}
template <class Coder>
void fields(Coder& code, PackedArgument& m) {
  code(m.argument), code(m.layout.shape), code(m.layout.block), code(m.layout.outer), code(m.layout.inner);
}
template <class Coder>
void fields(Coder& code, RepetitionRule& m) {
  code(m.incumbent_s), code(m.cut_ratio), code(m.least_time_s), code(m.max_time_s), code(m.min_runs), code(m.max_runs);
}
template <class Coder>
void fields(Coder& code, RunSettings& m) {
  code(m.threads), code(m.repetition), code(m.timeout_s), code(m.warm_up), code(m.flush_caches), code(m.check_results),
      code(m.return_outputs);
}
template <class Coder>
void fields(Coder& code, RunMessage& m) {
  code(m.settings), code(m.symbol), code(m.object), code(m.packed);
}
template <class Coder>
void fields(Coder& code, RunReply& m) {
  code(m.error), code(m.error_text), code(m.times_s), code(m.cut_short), code(m.outputs), code(m.resident_bytes);
}
template <class Coder>
void fields(Coder& code, RemeasureMessage& m) {
  code(m.rule), code(m.candidates);
}
template <class Coder>
void fields(Coder& code, RemeasureReply& m) {
  code(m.candidates);
}

constexpr FrameKind kind_of(const TaskMessage&) { return FrameKind::task; }
constexpr FrameKind kind_of(const ReferenceMessage&) { return FrameKind::reference; }
constexpr FrameKind kind_of(const RunMessage&) { return FrameKind::run; }
constexpr FrameKind kind_of(const RunReply&) { return FrameKind::reply; }
constexpr FrameKind kind_of(const RemeasureMessage&) { return FrameKind::remeasure; }
constexpr FrameKind kind_of(const RemeasureReply&) { return FrameKind::remeasure_reply; }

template <class Message>
Frame encode(const Message& message) {
  Encoder encoder;
  encoder(message);
  return {kind_of(message), encoder.take()};
}

/// None if the frame is of another kind or its payload is damaged.
template <class Message>
std::optional<Message> decode(const Frame& frame) {
  Message message;
  if (frame.kind != kind_of(message)) return std::nullopt;
  Decoder decoder(frame.payload);
  decoder(message);
  return decoder.complete() ? std::optional(std::move(message)) : std::nullopt;
}

}  // namespace tilewright::measure
