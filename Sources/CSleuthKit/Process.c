#define _GNU_SOURCE
#include "CSleuthKit.h"
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

// A parent that is killed sends nothing, and a parser that hangs does not see the pipe close. (The
// kernel's own signal for this, PR_SET_PDEATHSIG, comes when the parent's thread ends.)
static void *watch_parent(void *parent) {
  while (getppid() == (pid_t)(intptr_t)parent) sleep(1);
  _exit(1);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SHADOW_MEMORY 1
#endif
#endif

void c_sleuthkit_confine(uint64_t memory_limit) {
  pthread_t watcher;
  if (pthread_create(&watcher, NULL, watch_parent, (void *)(intptr_t)getppid()) == 0) {
    pthread_detach(watcher);
  }
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifndef SHADOW_MEMORY
  struct rlimit memory = {memory_limit, memory_limit};
  setrlimit(RLIMIT_AS, &memory);
#else
  (void)memory_limit;
#endif
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
