#define _GNU_SOURCE
#include "CHost.h"
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

// A killed parent sends nothing, and a hanging parser does not notice that the pipe closes.
// (The kernel's own signal for this, PR_SET_PDEATHSIG, is sent when the parent's thread ends.)
static void *watch_parent(void *parent) {
  while (getppid() == (pid_t)(intptr_t)parent) sleep(1);
  _exit(1);
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SHADOW_MEMORY 1
#endif
#endif

void c_system_confine(uint64_t memory_limit) {
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
}

bool c_system_pipe(int *input, int *output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  *input = ends[0];
  *output = ends[1];
  return true;
}

void c_system_close_from_3(void *actions) {
  posix_spawn_file_actions_addclosefrom_np(actions, 3);
}
