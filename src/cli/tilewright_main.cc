#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "base/error.h"
#include "base/files_read.h"
#include "base/out_of_memory.h"
#include "cli/checks.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/verb.h"

namespace {

using namespace tilewright;
using cli::Action;
using cli::Common;
using cli::Verb;

void declare_common(CLI::App& command, Common& common) {
  command.add_flag("--json", common.json, "print one JSON object, progress goes to standard error");
  command.add_option("--threads", common.threads, "threads that kernels run with (default: all available cores)")
      ->check(CLI::Range(1, 1024));
  command.add_option("--seed", common.seed, "seed of all randomness (default: 0)")->check(CLI::NonNegativeNumber);
  command.add_flag_callback("-v,--verbose", [&common] { common.verbosity = 1; }, "say more");
  command.add_flag_callback(
      "-q,--quiet", [&common] { common.verbosity = -1; }, "print nothing but errors, and the object of --json");
}

struct Declared {
  CLI::App* command;
  Action action;
};

/// Adds every verb to `app`.
std::vector<Declared> declare_verbs(CLI::App& app, Common& common) {
  std::vector<Declared> declared;
  for (const Verb& verb : cli::verbs()) {
    CLI::App* const command = app.add_subcommand(verb.name, verb.summary);
    command->footer(fmt::format("Example:\n  {}", verb.example));
    declared.push_back({command, verb.declare(*command)});
    declare_common(*command, common);
  }
  return declared;
}

/// Errors: Error(usage) if the first argument is a word but no verb: CLI11 would only say that a verb is missing.
void refuse_unknown_verb(const std::string& word) {
  const auto is_word = [&](const Verb& verb) { return verb.name == word; };
  if (word.starts_with('-') || std::any_of(cli::verbs().begin(), cli::verbs().end(), is_word)) return;
  std::vector<std::string> known;
  for (const Verb& verb : cli::verbs()) known.emplace_back(verb.name);
  throw Error(Code::usage, "there is no verb {}; verbs are {}", word, fmt::join(known, ", "));
}

/// What prints throws what the system says.
int perform(const Action& action, const Common& common) {
  try {
    return action(common);
  } catch (const std::system_error& error) {
    if (std::ferror(stdout) == 0) throw;
    throw Error(Code::cannot_write, "cannot write to standard output: {}", error.code().message());
  }
}

int run(int argc, char** argv) {
  if (argc > 1) refuse_unknown_verb(argv[1]);
  CLI::App app{"Tilewright: searches for fast code for the operators of a neural network, and runs it", "tilewright"};
  app.set_version_flag("--version", "tilewright " TILEWRIGHT_VERSION);
  app.require_subcommand(1);
  Common common;
  const std::vector<Declared> declared = declare_verbs(app, common);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    std::string verb;
    for (const CLI::App* used : app.get_subcommands()) verb = " " + used->get_name();
    throw Error(Code::usage, "{}; see tilewright{} --help", error.what(), verb);
  }
  for (const CLI::App* used : app.get_subcommands()) cli::refuse_empty_texts(*used);
  if (common.verbosity < 0 && !common.json) cli::silence_output();
  for (const auto& [command, action] : declared)
    if (command->parsed()) return perform(action, common);
  return 0;
}

int report(const char* what, Code code) {
  std::fflush(stdout);
  std::fputs(fmt::format("tilewright: {}\n", what).c_str(), stderr);  // which may be closed: that is no error, too
  return static_cast<int>(code);
}

int report_bug(const char* what) {
  const int code = report(what, Code::internal);
  std::fputs("this is a bug in tilewright " TILEWRIGHT_VERSION
             "; please report the line above, the command, and the output of tilewright doctor\n",
             stderr);
  return code;
}

/// Nothing is allocated here, and nothing of the process torn down: the library that was at work may be left in any
/// state.
[[noreturn]] void end_without_memory(const OutOfMemory* reason) {
  std::fflush(stdout);
  std::fputs("tilewright: out of memory: ", stderr);
  std::fputs(reason != nullptr ? reason->what() : "the system gives this program no more memory or threads", stderr);
  std::fputs("; free some or raise its limit (ulimit -v, -u), or ask for less: a smaller input, fewer --threads\n",
             stderr);
  std::_Exit(kOutOfMemoryCode);
}

/// What operator new asks for help when there is no memory.
void end_where_nothing_unwinds() {
  if (NoUnwinding::on_this_thread()) end_without_memory(nullptr);
  throw std::bad_alloc();
}

std::terminate_handler terminate_otherwise = nullptr;

/// For std::bad_alloc where nothing can catch it: in a library's function that promises not to throw, before main, or
/// if there is no memory even for the exception, which then does not exist.
[[noreturn]] void end_uncaught() {
  constexpr std::size_t kLittle = std::size_t{1} << 20;
  void* volatile const attempt = std::malloc(kLittle);
  bool is_short = attempt == nullptr;
  if (const std::exception_ptr error = std::current_exception()) try {
      std::rethrow_exception(error);
    } catch (const std::bad_alloc&) {
      is_short = true;
    } catch (...) {
    }
  if (is_short) end_without_memory(nullptr);
  terminate_otherwise();
  std::abort();
}

void handle_uncaught(int, char**, char**) { terminate_otherwise = std::set_terminate(end_uncaught); }

/// Run before the constructors of the libraries, which allocate.
[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)(int, char**, char**) = handle_uncaught;

/// A standard stream that is closed must not become an output's number: what is said would be written into that.
void occupy_standard_streams() {
  int file = 0;
  while (file >= 0 && file <= STDERR_FILENO) file = ::open("/dev/null", O_RDONLY);
  if (file >= 0) ::close(file);
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_streams();
  std::set_new_handler(end_where_nothing_unwinds);
  for (int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);  // errors to report, like a full disk
  cli::leave_nothing_when_interrupted();
  const FilesRead files_read;
  try {
    const int code = run(argc, argv);
    cli::finish_output();
    return code;
  } catch (const Error& error) {
    return report(error.what(), error.code());
  } catch (const std::bad_alloc& error) {
    end_without_memory(dynamic_cast<const OutOfMemory*>(&error));
  } catch (const std::system_error& error) {
    const bool is_short =
        error.code() == std::errc::resource_unavailable_try_again ||  // of a thread that was not started
        error.code() == std::errc::not_enough_memory;
    if (is_short) end_without_memory(nullptr);
    return report_bug(error.what());
  } catch (const std::exception& error) {
    return report_bug(error.what());
  }
}
