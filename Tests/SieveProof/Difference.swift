/// A report of libyara on an item that the sieve excludes.
package struct Difference: Error, Sendable, CustomStringConvertible {
  /// Stage of the sieve that failed.
  package enum Stage: String, Sendable {
    /// First bytes alone, as of members of archives, were taken to exclude it.
    case beginning
    /// Size and first bytes were taken to exclude it.
    case gate
    /// The search was taken to exclude it.
    case sieve
    /// Evaluation without a search states that nothing matches.
    case evaluate
    /// The search for whole strings excluded the item.
    case pattern
    /// The rules that are left answer otherwise among themselves than in the whole set.
    case subset
  }

  package let stage: Stage
  /// Report of libyara: a rule, a failure or output.
  package let what: String
  package let seed: UInt64
  /// Index of the item among those of the seed.
  package let itemNumber: Int
  package var item: [UInt8]
  /// Texts of the rules needed to reproduce it.
  package var rules: [String]
  package let externals: String

  package var description: String {
    let shown = item.prefix(4096)
    let digits = shown.map { String(String(UInt16($0) + 0x100, radix: 16).dropFirst()) }.joined()
    return """
      unsound at the stage \(stage.rawValue): libyara reports \(what)
      seed \(seed), item \(itemNumber), \(item.count) bytes\(item.count > 4096 ? ", the first 4096" : ""):
      \(digits)
      externals \(externals)
      \(rules.joined(separator: "\n"))
      """
  }
}
