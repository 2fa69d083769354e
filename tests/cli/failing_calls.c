// Preloaded into the program, makes the system refuse one of its calls that write files: the TW_FAIL_AT-th call of the
// kind TW_FAIL_CALL (open, write, fsync, rename), and with TW_FAIL_FOREVER all later ones, too. The error is
// TW_FAIL_ERROR; 0 makes a write a short one, which is none. Leaves the file TW_FAIL_REPORT once it has done so. Other
// programs that are started are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static long number_of(const char* variable) {
  const char* text = getenv(variable);
  return text == NULL ? 0 : atol(text);
}

static int fails(const char* call) {
  static int seen = 0;
  const char* kind = getenv("TW_FAIL_CALL");
  const char* report = getenv("TW_FAIL_REPORT");
  if (kind == NULL || report == NULL || strcmp(kind, call) != 0) return 0;
  if (strcmp(program_invocation_short_name, "tilewright") != 0) return 0;
  const int at = ++seen;
  const long first = number_of("TW_FAIL_AT");
  if (at < first || (at > first && number_of("TW_FAIL_FOREVER") == 0)) return 0;
  const long file = syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT, 0600);
  if (file >= 0) syscall(SYS_close, file);
  errno = (int)number_of("TW_FAIL_ERROR");
  return 1;
}

/// Only what may make or change a file of the user's.
static int is_output(const char* path, int flags) {
  const int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_PATH)) != 0;
  return writes && strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0 && strncmp(path, "/sys/", 5) != 0;
}

static int open_at(int folder, const char* path, int flags, mode_t mode) {
  if (is_output(path, flags) && fails("open")) return -1;
  return (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_in(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  return open_at(folder, path, flags, mode);
}

int open64(const char* path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char* path, int flags, ...) __attribute__((alias("openat")));

ssize_t write(int file, const void* bytes, size_t count) {
  struct stat status;
  const int is_file = file > STDERR_FILENO && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (is_file && fails("write")) {
    if (errno != 0) return -1;
    count = (count + 1) / 2;
  }
  return syscall(SYS_write, file, bytes, count);
}

int fsync(int file) { return fails("fsync") ? -1 : (int)syscall(SYS_fsync, file); }

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned int flags) {
  return fails("rename") ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int rename(const char* from, const char* to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
