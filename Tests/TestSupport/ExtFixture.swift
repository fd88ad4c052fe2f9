import Foundation

/// The ext2, ext3 and ext4 images built by `scripts/ext-fixture`, and the files planted in
/// them.
package enum ExtFixture {
  /// Folder of the images; built when they are missing or older than their script.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/ext-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/ext-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/ext-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// The names of the images, without `.img`.
  package static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".img") }.map { String($0.dropLast(4)) }.sorted()
  }()

  package static func path(_ name: String) -> String { folder + "/" + name + ".img" }

  /// The bytes of an image.
  package static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// A file that was planted.
  package struct Planted: Hashable, Sendable {
    package let path: String
    package let state: String
    package let sha256: String

    package init(path: String, state: String, sha256: String) {
      self.path = path
      self.state = state
      self.sha256 = sha256
    }
  }

  /// Files planted in each image.
  package static func planted() throws -> [String: Set<Planted>] {
    var planted = [String: Set<Planted>]()
    for fields in try rows("planted.tsv") {
      planted[fields[0], default: []].insert(
        Planted(path: fields[1], state: fields[2], sha256: fields[3]))
    }
    return planted
  }

  /// The SHA-256 of the files that most images have, by path.
  package static func tree() throws -> [String: String] {
    Dictionary(uniqueKeysWithValues: try rows("tree.tsv").map { ($0[0], $0[1]) })
  }

  private static func rows(_ name: String) throws -> [[String]] {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: "\t").map(String.init)
    }
  }
}
