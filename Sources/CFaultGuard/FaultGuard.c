#define _GNU_SOURCE
#include "CFaultGuard.h"
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static _Thread_local c_fault_guard *innermost;
static struct sigaction previous;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool installed;
static uintptr_t page_mask;

static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
  // A signal sent by a process, for example with kill(2), has no fault address, and no
  // instruction is repeated.
  bool was_sent = info->si_code <= 0;
  const char *address = info->si_addr;
  for (c_fault_guard *guard = was_sent ? NULL : innermost; guard; guard = guard->outer) {
    if (address < guard->low || address >= guard->high) continue;
    char *page = (char *)((uintptr_t)address & page_mask);
    if (mmap(page, (size_t)(guard->high - page), PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) break;
    guard->faulted = 1;
    return;
  }
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal_number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal_number);
  } else if (!was_sent || previous.sa_handler == SIG_DFL) {
    // The access is repeated and ends the process as it would have without this handler.
    signal(signal_number, SIG_DFL);
    if (was_sent) raise(signal_number);
  }
}

static void install(void) {
  page_mask = ~((uintptr_t)sysconf(_SC_PAGESIZE) - 1);
  struct sigaction action = {0};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  installed = sigaction(SIGBUS, &action, &previous) == 0;
}

bool c_fault_guard_install(void) {
  pthread_once(&once, install);
  return installed;
}

void c_fault_guard_enter(c_fault_guard *guard, const void *bytes, size_t count) {
  guard->low = bytes;
  guard->high = (const char *)bytes + count;
  guard->faulted = 0;
  guard->outer = innermost;
  innermost = guard;
}

bool c_fault_guard_leave(c_fault_guard *guard) {
  innermost = guard->outer;
  return guard->faulted;
}
