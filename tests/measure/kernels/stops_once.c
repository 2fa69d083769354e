#include "kernel.h"

char* getenv(const char* name);
int open(const char* path, int flags, ...);
int raise(int signal);

int32_t kernel(const tw_kernel_args* args) { /* stops its process, unless the file that it makes is there already */
  const int create_exclusively = 0302, stop = 19;
  const char* path = getenv("TW_TEST_STOPPED_ONCE");
  if (path && open(path, create_exclusively, 0600) >= 0) raise(stop);
  twice(args);
  return 0;
}
