import Foundation

/// Disk images made by others, beside the checkout; not part of the repository.
package enum SharedImages {
  /// Folder of the images; nil on a machine without it.
  package static let folder: String? = {
    let folder = (Fixtures.package as NSString).deletingLastPathComponent + "/shared/images"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  /// Whether this machine has them: a test that needs them is enabled by this.
  package static var isAvailable: Bool { folder != nil }

  /// Comment of a test that is skipped without them.
  package static let absence = "needs ../shared/images, which is not part of the repository"

  /// Every file of the collection, by name.
  package static var files: [String] {
    guard let folder, let names = FileManager.default.subpaths(atPath: folder) else { return [] }
    return names.sorted().map { folder + "/" + $0 }.filter { path in
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        && !isDirectory.boolValue && !path.hasSuffix(".md")
    }
  }
}
