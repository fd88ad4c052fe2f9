internal import CMemory
import Glibc

/// The heaps of this process.
public enum Heaps {
  /// One for each processor, two at least: glibc makes eight for each, and a cache whose entries come from many threads
  /// then takes up to three times its size (an E01 with a million files: 416 MB with 16 heaps on two processors,
  /// 349 MB with two). For programs, first thing: a library leaves that to its host.
  public static func limit() {
    c_memory_limit_heaps(Int32(clamping: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }
}
