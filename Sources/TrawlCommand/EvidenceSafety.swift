import Bytes
import Files
import Glibc
import Images

/// Protects the evidence from changes: output inside a target is refused.
enum EvidenceSafety {
  /// Throws if a report at `output` would change a target, or a file of a target image.
  static func check(_ output: RawPath, isOutside targets: [RawPath]) throws {
    let absolute = FileSource.absolute(output)
    let folder = absolute.parent.resolved ?? absolute.parent
    try check(
      place: folder.appending(absolute.lastComponent), folder: folder, shown: output.shown,
      isOutside: targets)
  }

  /// The same check for standard output, if the shell redirected it to a file.
  static func checkStandardOutput(isOutside targets: [RawPath]) throws {
    var status = stat()
    guard fstat(STDOUT_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let place = RawPath("/proc/self/fd/1").resolved
    else { return }
    try check(
      place: place, folder: place.parent, shown: "standard output (\(place.shown))",
      isOutside: targets)
  }

  /// Cache of the user, if writing to it changes none of the targets; nil otherwise.
  static func cache(outside targets: [RawPath]) -> CacheDirectory? {
    guard let cache = CacheDirectory.ofUser else { return nil }
    // If the cache does not exist yet, check its nearest existing parent.
    var folder = cache.path
    while folder.resolved == nil, folder.bytes.count > 1 { folder = folder.parent }
    let place = folder.resolved ?? folder
    do {
      try check(place: place, folder: place, shown: cache.path.shown, isOutside: targets)
    } catch {
      return nil
    }
    return cache
  }

  private static func check(
    place: RawPath, folder: RawPath, shown: String, isOutside targets: [RawPath]
  ) throws {
    for target in targets {
      for file in [target] + ImageSource.files(of: target).dropFirst() {
        guard let resolvedFile = file.resolved else { continue }
        if place.isInside(resolvedFile) || device(file, holds: folder) {
          throw Failure(
            "\(shown) is inside the target \(target.shown): writing it would change the evidence;"
              + " choose a path outside")
        }
      }
    }
  }

  /// Whether a folder is on a file system of this block device or of one of its partitions.
  private static func device(_ target: RawPath, holds folder: RawPath) -> Bool {
    var device = stat()
    var place = stat()
    guard target.withCString({ stat($0, &device) }) == 0, device.st_mode & S_IFMT == S_IFBLK,
      folder.withCString({ stat($0, &place) }) == 0
    else { return false }
    // In sysfs, a partition is a folder inside its disk's.
    guard let disk = sysfs(device.st_rdev).resolved, let part = sysfs(place.st_dev).resolved
    else {
      return device.st_rdev == place.st_dev
    }
    return part.isInside(disk)
  }

  /// gnu_dev_major and gnu_dev_minor of sys/sysmacros.h.
  private static func sysfs(_ device: dev_t) -> RawPath {
    let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
    let minor = device & 0xFF | (device >> 12) & 0xFFFF_FF00
    return RawPath("/sys/dev/block/\(major):\(minor)")
  }
}
