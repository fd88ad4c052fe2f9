import Foundation
import TestSupport
import Testing

/// The items of an image are the names listed by The Sleuth Kit's own `fls`.
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
      let place = finding.volume
      // Volumes that share their start have names, and fls needs further options: see ApfsTests and
      // LogicalVolumeTests.
      guard place?.name == nil else { continue }
      let volume = place?.start ?? -1
      // Carved items have no name in the file system.
      if finding.path?.hasPrefix("/$Unallocated/") == true { continue }
      // Nor does it list members of archives.
      if finding.archive != nil { continue }
      // fls does not list resource forks.
      if finding.stream == "rsrc" { continue }
      let stream = (finding.stream).map { ":" + $0 } ?? ""
      names[volume, default: []].insert(
        Name(
          path: (finding.path ?? "").dropFirst() + stream,
          inode: String((finding.inode ?? "").prefix { $0 != "-" })))
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
      // A name with inode 0 is deleted and leads nowhere.
      guard isFile || kind == "d" && isStream, reallocated == nil,
        deleted == nil || inode != "0",
        !path.contains("/.:"), path != "$BadClus:$Bad"
      else { continue }
      names.insert(Name(path: String(path), inode: String(inode)))
    }
    return names
  }

  /// Whether fls mistakes a hash in a directory index for the name of a deleted file; the
  /// fixture's indexed directory has files with two kinds of names.
  private func isHash(_ name: Name, _ image: String) -> Bool {
    image.hasSuffix("ext4-indexed.img")
      && !["many/a-name-of-some-length-", "many/klif.sys"].contains(where: name.path.hasPrefix)
  }

  /// The image in a form that fls can read: containers are converted by qemu-img, E01 by ewfexport, since the
  /// fls of Debian 13 crashes on E01; nil if nothing can read it.
  private func readable(_ image: String, _ folder: TemporaryDirectory) throws -> String? {
    let kind = (image as NSString).pathExtension
    // Neither reads them: Aff4ImageTests covers those two.
    guard kind != "aff4" else { return nil }
    // A later part of a split set leads to the whole set; fls reads the part alone.
    guard !image.hasSuffix("splitraw.001") else { return nil }
    let raw = folder.path + "/raw-\(UUID())"
    if kind == "E01" {
      let result = try Subprocess.run("ewfexport", ["-u", "-q", "-f", "raw", "-t", raw, image])
      return result.status == 0 ? raw + ".raw" : nil
    }
    guard ["qcow2", "vhd", "vhdx", "dmg"].contains(kind) else { return image }
    let result = try Subprocess.run("qemu-img", ["convert", "-O", "raw", image, raw])
    return result.status == 0 ? raw : nil
  }

  @Test func namesAreThoseOfFls() throws {
    // Structures that TSK 4.11.1 does not read: extent trees with several leaves, clusters, content
    // in inodes.
    let ext = ExtFixture.names.filter { name in
      !["leaves", "levels", "many", "bigalloc", "64k", "damaged", "encrypted"].contains {
        name.contains($0)
      }
    }
    #expect(try namesCompared(in: [ImageFixture.disk] + ext.map(ExtFixture.path)) > 1000)
  }

  @Test(.enabled(if: SharedImages.isAvailable, "\(SharedImages.absence)"))
  func namesInSharedImagesAreThoseOfFls() throws {
    #expect(try namesCompared(in: SharedImages.files) > 250)
  }

  /// Compares the names of each image with those of `fls`, and returns how many were compared.
  private func namesCompared(in images: [String]) throws -> Int {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    var compared = 0
    for image in images {
      guard let readable = try readable(image, folder) else { continue }
      for (volume, all) in try ours(image, rules) {
        let listed = try theirs(readable, volume)
        // fls does not list files in use without a name, nor FAT names whose extension begins with a blank.
        let names = all.filter { name in
          listed.contains(name)
            || !(image.contains("ext-fixture") && name.path.hasPrefix("$Orphan")
              || name.path.contains(". "))
        }
        // NTFS entries that never were files have a name in fls's list, and no content in ours.
        let expected = listed.filter { name in
          names.contains(name) || !(name.path.hasPrefix("$OrphanFiles/") || isHash(name, image))
        }
        let difference = names.symmetricDifference(expected).map(\.path).sorted()
        #expect(difference == [], "\(image) at \(volume)")
        compared += names.count
      }
    }
    return compared
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
