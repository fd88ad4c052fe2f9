import Foundation
import TestSupport
import Testing

/// The items of an image are the names that The Sleuth Kit's own `fls` lists.
@Suite struct FileListTests {
  /// A stream of a file by its path and inode.
  private struct Name: Hashable {
    let path: String
    let inode: String
  }

  private func ours(_ image: String, _ rules: String) throws -> [Int: Set<Name>] {
    var names = [Int: Set<Name>]()
    let (_, lines) = try Command.lines("--as", "image", "--signatures", rules, image)
    for finding in lines.ofType("finding") {
      let place = finding["volume"] as? [String: Any]
      // Volumes that share their start have names, and fls wants to know more: ApfsTests and LogicalVolumeTests.
      guard place?["name"] == nil else { continue }
      let volume = place?["start"] as? Int ?? -1
      // fls lists no resource forks.
      if finding["stream"] as? String == "rsrc" { continue }
      let stream = (finding["stream"] as? String).map { ":" + $0 } ?? ""
      names[volume, default: []].insert(
        Name(
          path: (finding["path"] as? String ?? "").dropFirst() + stream,
          inode: String((finding["inode"] as? String ?? "").prefix { $0 != "-" })))
    }
    return names
  }

  private func theirs(_ image: String, _ volume: Int) throws -> Set<Name> {
    let line = /(\S)\/\S (\* )?(\d+)(?:-(\d+)-\d+)?(\(realloc\))?:\t(.*)/
    let result = try Subprocess.run("fls", ["-r", "-p", "-o", "\(volume / 512)", image])
    var names = Set<Name>()
    for text in result.lines {
      guard let match = text.wholeMatch(of: line) else { continue }
      let (_, kind, deleted, inode, attribute, reallocated, path) = match.output
      // Directories have content only in named data streams (128); `.` is the directory again.
      let isStream = attribute == "128"
      let isFile = (kind == "r" || kind == "-") && (attribute == nil || isStream)
      // A name with inode 0 is deleted, and leads nowhere.
      guard isFile || kind == "d" && isStream, reallocated == nil,
        deleted == nil || inode != "0",
        !path.contains("/.:"), path != "$BadClus:$Bad"
      else { continue }
      names.insert(Name(path: String(path), inode: String(inode)))
    }
    return names
  }

  /// fls takes a hash in the index of a directory for the name of a deleted file; the fixture's directory with
  /// an index has files of two kinds of names.
  private func isHash(_ name: Name, _ image: String) -> Bool {
    image.hasSuffix("ext4-indexed.img")
      && !["many/a-name-of-some-length-", "many/klif.sys"].contains(where: name.path.hasPrefix)
  }

  /// The image as fls can read it: what is in a container of its own is what qemu-img makes of it; nil if
  /// that cannot read it either.
  private func readable(_ image: String, _ folder: TemporaryDirectory) throws -> String? {
    let kind = (image as NSString).pathExtension
    // Neither reads them: Aff4Tests knows what is in those two.
    guard kind != "aff4" else { return nil }
    guard ["qcow2", "vhd", "vhdx", "dmg"].contains(kind) else { return image }
    let raw = folder.path + "/raw"
    let result = try Subprocess.run("qemu-img", ["convert", "-O", "raw", image, raw])
    return result.status == 0 ? raw : nil
  }

  @Test func namesAreThoseOfFls() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    var compared = 0
    // What TSK 4.11.1 does not read: trees of extents with several leaves, clusters, contents in inodes.
    let ext = ExtFixture.names.filter { name in
      !["leaves", "levels", "many", "bigalloc", "64k", "damaged", "encrypted"].contains {
        name.contains($0)
      }
    }
    for image in SharedImages.files + [ImageFixture.disk] + ext.map(ExtFixture.path) {
      guard let readable = try readable(image, folder) else { continue }
      for (volume, all) in try ours(image, rules) {
        // fls does not know files in use that have no name.
        let names = all.filter { !image.contains("ext-fixture") || !$0.path.hasPrefix("$Orphan") }
        // NTFS entries that never were files have a name in fls's list, and no content in ours.
        let expected = try theirs(readable, volume).filter { name in
          names.contains(name) || !(name.path.hasPrefix("$OrphanFiles/") || isHash(name, image))
        }
        let difference = names.symmetricDifference(expected).map(\.path).sorted()
        #expect(difference == [], "\(image) at \(volume)")
        compared += names.count
      }
    }
    #expect(compared > 3000)
  }

  @Test(arguments: [
    "compressed.qcow2", "stream.vmdk", "dynamic.vhd", "dynamic.vhdx", "dynamic.vdi",
  ])
  func namesInAContainerAreThoseOfTheRawImage(_ name: String) throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    let format = try #require(ContainerFixtures.formats.first { $0.name == name })
    let image = try ContainerFixtures.make(format, of: ImageFixture.disk, in: folder.path)
    let isSame = try ours(image, rules) == ours(ImageFixture.disk, rules)
    #expect(isSame)
  }
}
