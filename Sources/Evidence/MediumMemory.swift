public import Bytes

/// Knowledge about the media of a scan that outlives it, so that a scan which resumes need not read them again.
public protocol MediumMemory: AnyObject, Sendable {
  /// Returns the result of a search, if it is known.
  func recall(_ search: MediumSearch) -> [UInt8]?

  /// Keeps the result of a search.
  func keep(_ result: [UInt8], of search: MediumSearch)

  /// Returns the bytes of a medium that could not be read for the items of earlier scans.
  func lost(in evidence: RawPath) -> [Range<UInt64>]
}

/// A search of a part of a medium. Its result depends on nothing else.
public struct MediumSearch: Hashable, Sendable {
  /// Image as named by the user.
  public let evidence: RawPath
  /// Part of the medium.
  public let range: Range<UInt64>
  /// SHA-256 of the ranges in it that were searched.
  public let parts: [UInt8]

  /// Creates a search from its parts.
  public init(evidence: RawPath, range: Range<UInt64>, parts: [UInt8]) {
    self.evidence = evidence
    self.range = range
    self.parts = parts
  }
}
