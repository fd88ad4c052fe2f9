#ifndef C_FAULT_GUARD_H
#define C_FAULT_GUARD_H
#include <stdbool.h>
#include <stddef.h>

// The package's only signal handling. When a mapped file shrinks, the kernel sends SIGBUS on
// the next access to a vanished page. Jumping out of libyara would corrupt its scanner, so the
// handler maps zero pages over the vanished tail instead, marks the guard, and returns. This is
// sound only for a mapping that one thread owns for one item: every thread sees the zeros.

/// Watches one mapping on the calling thread, between enter and leave.
typedef struct c_fault_guard {
  const char *_Nullable low;
  const char *_Nullable high;
  struct c_fault_guard *_Nullable outer;
  volatile int faulted;
} c_fault_guard;

/// Installs the handler once per process. A signal outside every guarded mapping goes to the
/// previous handler. Returns false if the kernel refuses.
bool c_fault_guard_install(void);

void c_fault_guard_enter(
    c_fault_guard *_Nonnull guard, const void *_Nullable bytes, size_t count);

/// Ends the watch; returns true if a page of the mapping had vanished.
bool c_fault_guard_leave(c_fault_guard *_Nonnull guard);
#endif
