import Yara

/// One worker's scanners: that of the whole rule set, and those of subsets that were asked for last.
struct ScannerPool: ~Copyable {
  /// A scanner that a list can hold.
  final class Slot {
    var scanner: Scanner
    init(_ scanner: consuming Scanner) { self.scanner = scanner }
  }

  /// Options of each scan, whichever scanner runs it.
  var options: Scanner.Options
  private let whole: Slot
  private var ofSubsets: [Slot] = []
  private let cancellation: Cancellation

  /// Number of scanners for subsets; the sieve keeps as many subsets.
  private static let mostSubsets = 8

  init(_ rules: Rules, _ options: Scanner.Options, _ cancellation: Cancellation) throws(YaraError) {
    self.options = options
    self.cancellation = cancellation
    whole = try Self.slot(rules, options, cancellation)
  }

  /// Sets an external variable of the scanner of the whole rule set.
  mutating func define(_ name: String, as value: ExternalValue) throws(YaraError) {
    try whole.scanner.define(name, as: value)
  }

  private static func slot(
    _ rules: Rules, _ options: Scanner.Options, _ cancellation: Cancellation
  ) throws(YaraError) -> Slot {
    let scanner = try Scanner(rules, options: options)
    cancellation.add(scanner.interrupt)
    return Slot(scanner)
  }

  /// The scanner of a subset; of the whole set for nil, or if there can be no other.
  mutating func slot(of subset: Rules?) -> Slot {
    let slot = subset.flatMap { found($0) } ?? whole
    slot.scanner.options = options
    return slot
  }

  private mutating func found(_ subset: Rules) -> Slot? {
    if let known = ofSubsets.first(where: { $0.scanner.rules === subset }) { return known }
    guard let made = try? Self.slot(subset, options, cancellation) else { return nil }
    if ofSubsets.count >= Self.mostSubsets { ofSubsets.removeFirst() }
    ofSubsets.append(made)
    return made
  }
}
