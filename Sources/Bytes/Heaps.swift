internal import CMemory
import Glibc

/// Heaps of this process's allocator.
public enum Heaps {
  /// Limits the heaps to one per processor, at least two. glibc uses eight per processor, and a
  /// cache whose entries come from many threads then takes up to three times its size (an E01
  /// with a million files: 416 MB with 16 heaps on two processors, 349 MB with two). Call it
  /// first in a program; a library leaves that to its host.
  public static func limit() {
    c_memory_limit_heaps(Int32(clamping: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }
}
