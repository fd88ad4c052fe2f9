// TSK's map of a pool's free space throws if the space manager is damaged. A C++ exception must
// not reach C or Swift, so it becomes a failure here.
#include <tsk/libtsk.h>

extern "C" bool c_sleuthkit_unallocated(
    const TSK_POOL_INFO *pool, void (*add)(void *context, uint64_t block, uint64_t count),
    void *context) {
  TSK_FS_ATTR_RUN *runs = nullptr;
  try {
    runs = tsk_pool_unallocated_runs(pool);
  } catch (...) {
    return false;
  }
  for (const TSK_FS_ATTR_RUN *run = runs; run != nullptr; run = run->next) {
    add(context, run->addr, run->len);
  }
  tsk_fs_attr_run_free(runs);
  return true;
}
