import Foundation

/// The XFS images built by `scripts/xfs-fixture`, and the files planted in them.
package enum XfsFixture {
  /// Folder of the images; built when they are missing or older than their script.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/xfs-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/xfs-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/xfs-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// The names of all images, without `.img`.
  private static let all: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".img") }.map { String($0.dropLast(4)) }.sorted()
  }()

  /// The names of the images that mkfs.xfs filled.
  package static let names = all.filter { !$0.hasPrefix("mounted") }

  /// Names of the images written by the kernel: only where loop devices can be mounted.
  package static let mounted = all.filter { $0.hasPrefix("mounted") }

  package static func path(_ name: String) -> String { folder + "/" + name + ".img" }

  /// The bytes of an image.
  package static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// Files planted in an image: path, state and SHA-256, separated by tabs.
  package static func planted(_ name: String) throws -> Set<String> {
    Set(
      try rows("planted.tsv").filter { $0[0] == name }.map {
        $0.dropFirst().joined(separator: "\t")
      })
  }

  /// The SHA-256 of the files of an image, by path.
  package static func tree(_ name: String) throws -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: try rows(name.hasPrefix("many") ? "many.tsv" : "tree.tsv").map {
        ($0[0], $0[1])
      })
  }

  /// Files of an image according to the kernel: path, size, inode, time of change, SHA-256.
  package static func kernel(_ name: String) throws -> [[String]] { try rows(name + ".tsv") }

  /// Number of free bytes according to the group headers of an image (agf_freeblks).
  package static func freeBytes(_ image: [UInt8]) -> Int {
    func number(_ place: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 << 8 | Int(image[place + $1]) }
    }
    let (block, sector) = (number(4, 4), number(102, 2))
    return (0..<number(88, 4)).reduce(0) { sum, group in
      sum + number(group * number(84, 4) * block + sector + 52, 4) * block
    }
  }

  private static func rows(_ name: String) throws -> [[String]] {
    try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: "\t").map(String.init)
    }
  }
}
