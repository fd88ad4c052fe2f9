import Bytes

/// Finds the file in whose last cluster some bytes lie, behind its end.
struct SlackIndex {
  private var slack: [(range: Range<UInt64>, entry: VolumeListing.Entry)] = []
  private var listing = VolumeListing()

  /// Creates an empty index.
  init() {}

  /// Creates an index of the slack of a listing's files.
  init(_ listing: VolumeListing) {
    self.listing = listing
    slack = listing.owners.slack.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Path of the file whose slack contains all of the bytes; nil if there is none.
  func path(of range: Range<UInt64>) -> RawPath? {
    index(of: range).flatMap { listing.path(of: slack[$0].entry) }
  }

  /// Whether the slack of one file contains all of the bytes.
  func contains(_ range: Range<UInt64>) -> Bool { index(of: range) != nil }

  private func index(of range: Range<UInt64>) -> Int? {
    let low = slack.partitionPoint { $0.range.lowerBound > range.lowerBound }
    guard low > 0, range.upperBound <= slack[low - 1].range.upperBound else { return nil }
    return low - 1
  }
}
