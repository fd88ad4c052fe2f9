#define _GNU_SOURCE
#include "CSleuthKit.h"
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void c_sleuthkit_confine(uint64_t memory_limit) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  struct rlimit memory = {memory_limit, memory_limit};
  setrlimit(RLIMIT_AS, &memory);
  int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDERR_FILENO);
  setenv("TZ", "UTC", 1);
  tzset();
  tsk_verbose = 0;
}

bool c_sleuthkit_device_size(int descriptor, uint64_t *size) {
  return ioctl(descriptor, BLKGETSIZE64, size) == 0;
}

bool c_sleuthkit_pipe(int *input, int *output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  *input = ends[0];
  *output = ends[1];
  return true;
}
