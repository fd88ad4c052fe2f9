import Foundation

/// The disk image built by `scripts/image-fixture`, and the files planted in it.
package enum ImageFixture {
  /// Folder of the image; built when it is missing or older than its sources.
  package static let folder: String = {
    let folder = Fixtures.package + "/.build/image-fixture"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/image-fixture", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/image-fixture failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// A raw GPT disk with FAT32, NTFS and ext4.
  package static var disk: String { folder + "/disk.dd" }

  /// The first file of the same disk, split.
  package static var splitDisk: String { folder + "/disk.001" }

  /// A file that was planted.
  package struct Planted: Hashable, Sendable {
    package let volume: Int
    package let path: String
    package let stream: String?
    package let state: String
    package let sha256: String

    package init(volume: Int, path: String, stream: String?, state: String, sha256: String) {
      self.volume = volume
      self.path = path
      self.stream = stream
      self.state = state
      self.sha256 = sha256
    }
  }

  /// Planted files.
  package static func planted() throws -> Set<Planted> {
    let text = try String(contentsOfFile: folder + "/planted.tsv", encoding: .utf8)
    return Set(
      text.split(separator: "\n").map { line in
        let fields = line.split(separator: "\t").map(String.init)
        return Planted(
          volume: Int(fields[0])!, path: fields[1], stream: fields[2] == "-" ? nil : fields[2],
          state: fields[3], sha256: fields[4])
      })
  }
}
