import Bytes
import Files
import Glibc
import Images

/// Nothing of the evidence changes: output inside a target is refused.
enum EvidenceSafety {
  /// Throws if a report at `output` would change one of the targets, or a file of an image that one is.
  static func check(_ output: RawPath, isOutside targets: [RawPath]) throws {
    let absolute = FileSource.absolute(output)
    let folder = resolved(absolute.parent) ?? absolute.parent
    try check(
      place: folder.appending(absolute.lastComponent), folder: folder, shown: output.shown,
      isOutside: targets)
  }

  /// The same for standard output, if the shell has sent it to a file.
  static func checkStandardOutput(isOutside targets: [RawPath]) throws {
    var status = stat()
    guard fstat(STDOUT_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let place = resolved("/proc/self/fd/1")
    else { return }
    try check(
      place: place, folder: place.parent, shown: "standard output (\(place.shown))",
      isOutside: targets)
  }

  /// The user's cache, if keeping something there changes none of the targets.
  static func cache(outside targets: [RawPath]) -> CacheDirectory? {
    guard let cache = CacheDirectory.ofUser else { return nil }
    // Of what does not exist yet, the folder that does.
    var folder = cache.path
    while resolved(folder) == nil, folder.bytes.count > 1 { folder = folder.parent }
    let place = resolved(folder) ?? folder
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
        guard let resolvedFile = resolved(file) else { continue }
        if place.isInside(resolvedFile) || device(file, holds: folder) {
          throw Failure(
            "\(shown) lies inside the target \(target.shown): writing it would change the evidence;"
              + " choose a place outside")
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
    // In sysfs a partition is a folder inside its disk's.
    guard let disk = resolved(sysfs(device.st_rdev)), let part = resolved(sysfs(place.st_dev))
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

  /// The path without links, if it exists.
  static func resolved(_ path: RawPath) -> RawPath? {
    let text = path.withCString { realpath($0, nil) } ?? nil
    guard let text else { return nil }
    defer { free(text) }
    return RawPath(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
  }
}
