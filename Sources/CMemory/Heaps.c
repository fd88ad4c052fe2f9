#define _GNU_SOURCE
#include "CMemory.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void c_memory_limit_heaps(int count) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, count);
#else
  (void)count;
#endif
}

static void *run(void *body) {
  ((void (*)(void))body)();
  return NULL;
}

bool c_memory_run_with_stack(size_t size, void (*body)(void)) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= size) return false;
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) != 0) return false;
  bool runs = pthread_attr_setstacksize(&attributes, size) == 0;
#ifdef __GLIBC__
  // Threads of libraries get their stack size from the limit, too.
  if (runs) pthread_setattr_default_np(&attributes);
#endif
  runs = runs && pthread_create(&thread, &attributes, run, (void *)body) == 0;
  pthread_attr_destroy(&attributes);
  if (runs) pthread_join(thread, NULL);
  return runs;
}
