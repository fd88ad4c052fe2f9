import Bytes
import Glibc

/// Size of the file systems that a scan of directories covers, for an estimate of its time.
enum FileSystemSize {
  /// Number of entries in use of the file systems whose roots the targets are; nil if a target is anything else, or a
  /// file system does not count its entries (btrfs).
  static func entries(of targets: [RawPath]) -> UInt64? {
    var total: UInt64 = 0
    for target in targets {
      guard isRoot(target), let used = entriesInUse(target) else { return nil }
      total += used
    }
    return total > 0 ? total : nil
  }

  /// Whether a path is the root of a file system: what is above it is on another device, or is itself.
  private static func isRoot(_ path: RawPath) -> Bool {
    var (own, above) = (stat(), stat())
    guard path.withCString({ stat($0, &own) }) == 0, own.st_mode & S_IFMT == S_IFDIR,
      path.appending("..").withCString({ stat($0, &above) }) == 0
    else { return false }
    return own.st_dev != above.st_dev || own.st_ino == above.st_ino
  }

  private static func entriesInUse(_ path: RawPath) -> UInt64? {
    var facts = statvfs()
    guard path.withCString({ statvfs($0, &facts) }) == 0, facts.f_files > facts.f_ffree else {
      return nil
    }
    return UInt64(facts.f_files - facts.f_ffree)
  }
}
