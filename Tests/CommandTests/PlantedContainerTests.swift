import Foundation
import TestSupport
import Testing

/// Everything that was packed into archives on a disk is found, at its place, and nothing else; the answers are those of
/// yara for what the tools of the formats unpack.
@Suite(.serialized) struct PlantedContainerTests {
  /// An image of `scripts/planted-containers`, and how its archive is unpacked into the folder `u`.
  struct Container: Sendable, CustomTestStringConvertible {
    let name: String
    let unpack: String
    var testDescription: String { name }
  }

  static let containers = [
    Container(name: "zip-in-ntfs", unpack: "unzip -q ../x/downloads/vendor.zip"),
    Container(name: "7z-in-ext4", unpack: "7z x -bd -y ../x/downloads/vendor.7z > /dev/null"),
    Container(name: "cab-in-fat32", unpack: "gcab -x ../x/downloads/vendor.cab > /dev/null"),
    // 7z unpacks the cabinet of the package, too.
    Container(name: "msi-in-ext4", unpack: "7z x -bd -y ../x/downloads/vendor.msi > /dev/null"),
    Container(
      name: "program-in-ntfs",
      unpack: """
        tail -c +$(($(stat -c %s "$driver") + 1)) ../x/downloads/setup.exe > ../setup.7z
        7z x -bd -y ../setup.7z > /dev/null
        """),
    Container(
      name: "zip-in-zip",
      unpack: "unzip -q -d ../z ../x/downloads/outer.zip; unzip -q ../z/inner/vendor.zip"),
  ]

  struct Plant: Hashable {
    let path: String
    let size: Int
    let sha256: String
  }

  private static let folder: String = {
    let folder = Fixtures.package + "/.build/planted/containers"
    let result = try? Subprocess.run(
      Fixtures.package + "/scripts/planted-containers", [Fixtures.folder, folder])
    precondition(
      result?.status == 0,
      "scripts/planted-containers failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  private static func plants(in name: String) throws -> Set<Plant> {
    let rows = try String(contentsOfFile: folder + "/planted.tsv", encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    return Set(
      rows.filter { $0[0] == name }.map { Plant(path: $0[1], size: Int($0[2])!, sha256: $0[3]) })
  }

  @Test(arguments: containers) func everythingThatWasPackedIsFound(_ container: Container) throws {
    let plants = try Self.plants(in: container.name)
    #expect(plants.count == 120)
    let image = Self.folder + "/" + container.name + ".dd"
    let (status, lines) = try Command.lines("--as", "image", image)
    #expect(status == 1)
    let inside = lines.ofType("finding").filter { $0.archive != nil }
    let found = Set(
      inside.map { Plant(path: $0.path ?? "", size: $0.size ?? -1, sha256: $0.sha256 ?? "") })
    #expect(plants.subtracting(found) == [])
    // Some of the plants are packages, with members of their own.
    let others = found.subtracting(plants).filter { other in
      !plants.contains { other.path.hasPrefix($0.path + "!/") }
    }
    #expect(others == [])
    let outer = Set(plants.map { $0.path.components(separatedBy: "!/")[0] })
    #expect(Set(inside.map(\.archive)) == Set(outer.map(Optional.some)))
    #expect(inside.allSatisfy { $0.evidence == image && $0.state == "allocated" })
    #expect(lines.ofType("product").allSatisfy { $0.installation == "/downloads" })
    #expect(lines.last?.complete == true, "\(lines.ofType("problem").map { $0.message ?? "" })")
  }

  @Test(arguments: containers) func answersAreThoseOfUnpackingAndYara(_ container: Container) throws
  {
    let folder = try TemporaryDirectory()
    let image = Self.folder + "/" + container.name + ".dd"
    let driver = Fixtures.positive("kaspersky_windows_driver_klif")
    let unpacked = try Subprocess.run(
      "bash",
      [
        "-c",
        """
        set -e; driver='\(driver)'; tsk_recover -e '\(image)' x > /dev/null
        mkdir u; cd u; \(container.unpack)
        """,
      ], in: folder.path)
    #expect(unpacked.status == 0, "\(unpacked.errors)")
    let theirs = try Self.answers(ofYaraIn: folder.path + "/u", folder)
    let plants = try Self.plants(in: container.name)
    let lines = try Command.lines("--as", "image", image).lines
    let ours = lines.ofType("finding").filter { finding in
      plants.contains { $0.path == finding.path }
    }
    #expect(theirs.count > 110)
    #expect(Self.answers(of: ours) == theirs)
  }

  /// Deleted, fragmented, hidden and all other conditions, in the disk of a virtual machine.
  @Test(arguments: ["ntfs", "ext4"]) func aDiskInsideOfAnotherIsScannedLikeADisk(_ kind: String)
    throws
  {
    let image = try PlantedImage(kind)
    let folder = try TemporaryDirectory()
    let outer = try Self.disk(with: image, in: folder)
    let (status, lines) = try Command.lines("--as", "image", outer)
    #expect(status == 1)
    func place(_ path: String, _ state: String, _ stream: String?, _ size: Int, _ sum: String)
      -> String
    { "\(path) \(state) \(stream ?? "-") \(size) \(sum)" }
    let found = Set(
      lines.ofType("finding").filter { $0.archive == "/vm/disk.vmdk" }.map {
        place($0.path ?? "", $0.state ?? "", $0.stream, $0.size ?? -1, $0.sha256 ?? "")
      })
    let whole = image.plants.filter(\.isWhole).map(\.place)
    #expect(whole.count > 165)
    let wanted = Set(
      whole.map { place("/vm/disk.vmdk!" + $0.path, $0.state, $0.stream, $0.size, $0.sha256) })
    #expect(wanted.subtracting(found) == [])
    let direct = try Command.lines("--as", "image", image.path).lines
    #expect(
      found
        == Set(
          direct.ofType("finding").map {
            place(
              "/vm/disk.vmdk!" + ($0.path ?? ""), $0.state ?? "", $0.stream, $0.size ?? -1,
              $0.sha256 ?? "")
          }))
    #expect(lines.last?.complete == direct.last?.complete)
  }

  @Test func answersForADiskInsideAreThoseOfYara() throws {
    let image = try PlantedImage("ext4")
    let folder = try TemporaryDirectory()
    let outer = try Self.disk(with: image, in: folder)
    let unpacked = try Subprocess.run(
      "bash",
      [
        "-c",
        """
        set -e; PATH=$PATH:/sbin; debugfs -R 'dump vm/disk.vmdk disk.vmdk' outer.dd
        qemu-img convert -O raw disk.vmdk inner.dd; tsk_recover -e inner.dd u > /dev/null
        """,
      ], in: folder.path)
    #expect(unpacked.status == 0, "\(unpacked.errors)")
    let theirs = try Self.answers(ofYaraIn: folder.path + "/u", folder)
    #expect(theirs.count > 100)
    let findings = try Command.lines("--as", "image", outer).lines.ofType("finding").filter {
      $0.archive != nil
    }
    #expect(theirs.subtracting(Self.answers(of: findings)) == [])
    // tsk_recover omits files in use without a name.
    let named = findings.filter { !["carved", "slack", "orphan"].contains($0.state) }
    #expect(Self.answers(of: named).subtracting(theirs) == [])
  }

  private static func disk(with image: PlantedImage, in folder: TemporaryDirectory) throws -> String
  {
    let made = try Subprocess.run(
      "bash",
      [
        "-c",
        """
        set -e; PATH=$PATH:/sbin; mkdir -p o/vm
        qemu-img convert -f raw -O vmdk '\(image.path)' o/vm/disk.vmdk
        mke2fs -q -t ext4 -d o outer.dd 200M; rm -r o
        """,
      ], in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    return folder.path + "/outer.dd"
  }

  private static func answers(of findings: [OutputRecord]) -> Set<String> {
    Set(
      findings.flatMap { finding in
        (finding.matches ?? []).map { "\(finding.sha256 ?? "") \($0.rule)" }
      })
  }

  /// Rules that match in files of a folder, by the SHA-256 of the file.
  private static func answers(ofYaraIn place: String, _ folder: TemporaryDirectory) throws
    -> Set<String>
  {
    let rules = folder.path + "/rules.yar"
    #expect(try Command.run("signatures", "export", rules).status == 0)
    var files = [String: [String]]()
    for line in try Subprocess.run("yara", ["-r", "-w", rules, place]).lines {
      let rule = line.prefix { $0 != " " }
      files[String(line.dropFirst(rule.count + 1)), default: []].append(String(rule))
    }
    let sums = try Subprocess.run("sha256sum", files.keys.sorted()).lines
    return Set(
      sums.flatMap { line in
        (files[String(line.dropFirst(66))] ?? []).map { "\(line.prefix(64)) \($0)" }
      })
  }
}
