import Bytes
import Glibc

/// A sparse bundle of Apple's: a folder with `Info.plist`, and the medium in files under `bands` (hdiutil,
/// diskimage-bundle-type). It is named, not read: its bands taken for files would be clean.
enum SparseBundle {
  /// What stands in its property list.
  static let mark = "com.apple.diskimage.sparsebundle"

  /// `sparseBundle` if a folder is one; nil for any other.
  static func kind(of folder: RawPath) throws(ImageError) -> ContainerKind? {
    let list = folder.appending("Info.plist")
    guard isFolder(folder), ImageFile.isOrdinary(list) else { return nil }
    return try ImageSignature.container(of: try RawImage([list]))
  }

  private static func isFolder(_ path: RawPath) -> Bool {
    var status = stat()
    guard path.withCString({ stat($0, &status) == 0 }) ?? false else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
