package import Bytes
internal import FoundationEssentials

/// A part of a scan that one process does: an image, or a slice of the files below the live targets.
package struct WorkUnit: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable { case image, files }

  /// A file that holds an image, and the state by which a change is noticed.
  package struct File: Hashable, Sendable, Codable {
    package let path: RawPath
    package let size: UInt64
    /// Last change of the content, in nanoseconds since 1970; nil for a device.
    package let modified: Int64?

    package init(path: RawPath, size: UInt64, modified: Int64?) {
      self.path = path
      self.size = size
      self.modified = modified
    }
  }

  /// Digest of everything below and of what the plan's results depend on: the name of the unit's result.
  package var id = ""
  /// Rank in the plan, from 0.
  package var number = 0
  package var kind: Kind
  /// Ranks of the evidence that it covers, among that of the scan.
  package var ranks: [Int]
  /// The image as named by the user.
  package var evidence: RawPath?
  /// Files of the image.
  package var files: [File]?
  /// Part of the files.
  package var slice: Slice?
  /// Whether it reports what is no item: unread directories, ignored entries. One slice does.
  package var reports: Bool?
  /// Digest of paths, sizes and times of the slice's files.
  package var state: String?
  /// Estimated cost: bytes on the disk.
  package var bytes: UInt64
  /// Bytes of the medium, if its container may hold fewer.
  package var medium: UInt64?
  /// Estimated cost: number of items; nil where only a scan can tell.
  package var items: Int?

  package init(_ kind: Kind, ranks: [Int], bytes: UInt64) {
    self.kind = kind
    self.ranks = ranks
    self.bytes = bytes
  }

  /// The identifier of the unit in a plan of this digest.
  package func identifier(in plan: String) throws -> String {
    var unit = self
    unit.id = plan
    return UnitDigest.text(of: try UnitLine.text("unit", unit))
  }
}

/// Digests that name plans and units.
package enum UnitDigest {
  package static func text(of text: String) -> String {
    Hexadecimal.text(of: Digest.sha256(of: Array(text.utf8)).prefix(16))
  }
}
