package import Bytes

/// A part of the files below all live targets of a scan: a range of their paths in the order of their bytes. All paths
/// of a hard-linked file belong to the slice of the first one.
package struct Slice: Hashable, Sendable, Codable {
  /// First path; nil for the first slice.
  package var from: RawPath?
  /// First path of the next slice; nil for the last one.
  package var until: RawPath?
  /// Further paths outside the range.
  package var with: Set<RawPath> = []
  /// Paths in the range that belong to another slice.
  package var without: Set<RawPath> = []

  package init(from: RawPath? = nil, until: RawPath? = nil) {
    self.from = from
    self.until = until
  }

  package func contains(_ path: RawPath) -> Bool {
    let isInRange = (from.map { !(path < $0) } ?? true) && (until.map { path < $0 } ?? true)
    return isInRange ? without.isEmpty || !without.contains(path) : with.contains(path)
  }

  private enum CodingKeys: String, CodingKey { case from, until, with, without }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    from = try values.decodeIfPresent(RawPath.self, forKey: .from)
    until = try values.decodeIfPresent(RawPath.self, forKey: .until)
    with = Set(try values.decodeIfPresent([RawPath].self, forKey: .with) ?? [])
    without = Set(try values.decodeIfPresent([RawPath].self, forKey: .without) ?? [])
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(from, forKey: .from)
    try values.encodeIfPresent(until, forKey: .until)
    if !with.isEmpty { try values.encode(with.sorted(), forKey: .with) }
    if !without.isEmpty { try values.encode(without.sorted(), forKey: .without) }
  }
}
