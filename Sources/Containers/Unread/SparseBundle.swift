package import Bytes
package import Evidence
import Glibc

/// An Apple sparse bundle: a folder with `Info.plist`, and the medium in files under `bands`
/// (hdiutil, diskimage-bundle-type). It is detected, not read: its bands, scanned as files,
/// would seem clean.
package enum SparseBundle: UnreadFormat {
  package static var formatName: String { "Apple sparse bundle" }
  package static var remedy: String {
    "convert it on a Mac with hdiutil convert -format UDTO, or attach it there and image the device"
  }

  /// Whether a file is the property list of one.
  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "<?xml") && file.contains("com.apple.diskimage.sparsebundle")
  }

  /// The problem of a folder that is one; nil for another.
  package static func problem(of folder: RawPath) throws(ImageError) -> ItemProblem? {
    let list = folder.appending("Info.plist")
    guard isFolder(folder), ImageFile.isOrdinary(list),
      recognises(try FormatProbe(try RawImage([list])))
    else { return nil }
    let refusal = refusal(of: folder)
    return ItemProblem(refusal.reason, refusal.description)
  }

  private static func isFolder(_ path: RawPath) -> Bool {
    var status = stat()
    guard path.withCString({ stat($0, &status) == 0 }) ?? false else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
  }
}
