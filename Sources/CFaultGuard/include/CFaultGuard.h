#ifndef C_FAULT_GUARD_H
#define C_FAULT_GUARD_H
#include <stdbool.h>
#include <stddef.h>

// The only signal code of the package. A file that shrinks while it is mapped makes the kernel send
// SIGBUS on the next touch of a vanished page. Jumping out of libyara would poison its scanner, so
// the handler maps zero pages over the vanished tail instead, marks the guard, and returns.
// Sound only for a mapping that one thread owns for one item: the zeros are seen by every thread.

/// Watches one mapping on the calling thread, between enter and leave.
typedef struct c_fault_guard {
  const char *_Nullable low;
  const char *_Nullable high;
  struct c_fault_guard *_Nullable outer;
  volatile int faulted;
} c_fault_guard;

/// Installs the handler once for the process; a signal outside every guarded mapping goes to the
/// handler that was there before. Answers false when the kernel refuses.
bool c_fault_guard_install(void);

void c_fault_guard_enter(
    c_fault_guard *_Nonnull guard, const void *_Nullable bytes, size_t count);

/// Ends the watch; true when a page of the mapping had vanished.
bool c_fault_guard_leave(c_fault_guard *_Nonnull guard);
#endif
