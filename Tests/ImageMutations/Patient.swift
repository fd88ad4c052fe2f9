import Bytes
import Foundation
import TestSupport

/// An image that is damaged, scanned and restored in its own folder, in memory if there is a
/// file system for that.
final class Patient {
  let name: String
  let files: [DamagedFile]
  private let places: [Places]
  private let folder: String

  /// Whether what is inside of its files is scanned, too: archives, and images in images.
  var isOpened: Bool { name.hasPrefix("archive-fixture/") }

  /// File that leads to the others.
  var image: RawPath { RawPath(files[0].path) }

  /// Copies the files to a new folder in `parent`.
  init(_ name: String, files originals: [String], in parent: String) throws {
    let folder = parent + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.name = name
    self.folder = folder
    files = try originals.map { original in
      try DamagedFile(
        copying: original, to: folder + "/" + (original as NSString).lastPathComponent)
    }
    places = files.map(Places.init)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Creates a parent for such folders. The caller removes it, because a crashed worker removes
  /// nothing.
  static func makeRoom() throws -> String {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? memory : FileManager.default.temporaryDirectory.path
    let room = parent + "/trawl-mutations-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
    return room
  }

  /// Applies mutation `number`: to one of the files, or sometimes to several.
  func damage(_ number: Int) {
    var random = Random(mutation: number, of: name)
    let chosen = random.number(0...files.count - 1)
    for index in files.indices where index == chosen || random.oneIn(5) {
      Damage.apply(to: files[index], places[index], &random)
    }
  }

  func restore() {
    for file in files { file.restore() }
  }

  /// Copies the files in their current state.
  func keep(in target: String) throws {
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for file in files {
      let path = target + "/" + (file.path as NSString).lastPathComponent
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: file.path, toPath: path)
    }
  }
}
