/// Bounds the work caused by headers that claim the same bytes. Without a bound, a header in
/// every sector that claims the rest of the medium would cause each byte to be scanned once per
/// header.
struct CarvingOverlap {
  /// Ends of the carved files that extend beyond the current position.
  private var whole: [UInt64] = []
  private var cut: [UInt64] = []
  /// Number of files not carved.
  private(set) var refused: UInt64 = 0
  /// Range from the first of their headers to the last claimed end.
  private(set) var range: Range<UInt64>?

  /// Limit of nested files; an installer in an archive in an installer has three. Files whose end
  /// is missing are counted separately, since they may claim any length: a complete file among
  /// them is carved nevertheless.
  private static let maximumDepth = 8

  /// Whether to carve a file. Files come in the order of their first bytes.
  mutating func admits(_ file: CarvedFile) -> Bool {
    let isAdmitted =
      file.isWhole ? Self.admit(file, among: &whole) : Self.admit(file, among: &cut)
    guard !isAdmitted else { return true }
    refused += 1
    let start = range?.lowerBound ?? file.range.lowerBound
    range = start..<max(range?.upperBound ?? 0, file.range.upperBound)
    return false
  }

  private static func admit(_ file: CarvedFile, among ends: inout [UInt64]) -> Bool {
    ends.removeAll { $0 <= file.range.lowerBound }
    guard ends.count < maximumDepth else { return false }
    ends.append(file.range.upperBound)
    return true
  }
}
