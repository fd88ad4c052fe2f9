import Foundation

/// An image built by `scripts/planted-image`: many files, 200 plants in every condition that
/// the file system supports, and a table of its contents.
package struct PlantedImage: Sendable, CustomStringConvertible {
  /// Name of the file system in the script.
  package let kind: String
  package let path: String
  package let plants: [Plant]

  package var description: String { kind }

  /// Kinds that the script can make on any machine, or the one in `TRAWL_PLANTED_KIND`.
  package static let kinds =
    ProcessInfo.processInfo.environment["TRAWL_PLANTED_KIND"].map { $0 == "exfat" ? [] : [$0] }
    ?? ["ntfs", "ext4", "fat32", "xfs"]

  /// Whether exFAT can be made, which no tool writes without mounting it; also false if another
  /// kind was requested.
  package static let makesExfat: Bool = {
    let wanted = ProcessInfo.processInfo.environment["TRAWL_PLANTED_KIND"] ?? "exfat"
    let script = Fixtures.package + "/scripts/planted-image"
    return wanted == "exfat" && (try? Subprocess.run(script, ["--can", "exfat"]).status) == 0
  }()

  /// Builds the image if it is missing or older than its sources. `TRAWL_PLANTED_SIZE`, in MiB,
  /// and `TRAWL_PLANTED_FILES` make it larger than a test needs.
  package init(_ kind: String) throws {
    let environment = ProcessInfo.processInfo.environment
    let size = environment["TRAWL_PLANTED_SIZE"] ?? "64"
    let files = environment["TRAWL_PLANTED_FILES"] ?? "3000"
    let folder = Fixtures.package + "/.build/planted/\(kind)-\(size)-\(files)"
    let result = try Subprocess.run(
      Fixtures.package + "/scripts/planted-image", [kind, size, files, Fixtures.folder, folder])
    precondition(
      result.status == 0,
      "scripts/planted-image failed; run scripts/setup --tests\n\(result.errors)")
    self.kind = kind
    path = folder + "/image.dd"
    plants = try String(contentsOfFile: folder + "/planted.tsv", encoding: .utf8)
      .split(separator: "\n").map { Plant($0.split(separator: "\t").map(String.init)) }
  }

  /// A plant in the table.
  package struct Plant: Sendable {
    /// Condition of the file, such as `deleted-fragmented`.
    package let condition: String
    package let place: Place
    /// Whether it is complete, and something leads to it.
    package let isWhole: Bool

    fileprivate init(_ fields: [String]) {
      condition = fields[0]
      place = Place(
        path: fields[1], stream: fields[2] == "-" ? nil : fields[2], state: fields[3],
        offset: Int(fields[4]), size: Int(fields[5])!, sha256: fields[6])
      isWhole = fields[7] == "whole"
    }
  }

  /// Facts of a finding about a plant.
  package struct Place: Hashable, Sendable {
    package let path: String
    package let stream: String?
    package let state: String
    /// Offset of the first byte on the medium; nil for content that is not stored as plain bytes.
    package let offset: Int?
    package let size: Int
    package let sha256: String

    /// Place of a finding.
    package init(_ finding: OutputRecord) {
      self.init(
        path: finding.path ?? "", stream: finding.stream, state: finding.state ?? "",
        offset: finding.offset, size: finding.size ?? -1, sha256: finding.sha256 ?? "")
    }

    fileprivate init(
      path: String, stream: String?, state: String, offset: Int?, size: Int, sha256: String
    ) {
      self.path = path
      self.stream = stream
      self.state = state
      self.offset = offset
      self.size = size
      self.sha256 = sha256
    }
  }
}
