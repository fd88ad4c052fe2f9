import Foundation

/// Disk images made by others, beside the checkout: not part of the repository.
package enum SharedImages {
  /// Their folder; nil on a machine without it.
  package static let folder: String? = {
    let folder = (Fixtures.package as NSString).deletingLastPathComponent + "/shared/images"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

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
