/// libyara reports something of an item that the sieve excludes.
package struct Difference: Error, Sendable, CustomStringConvertible {
  /// Where the sieve went wrong.
  package enum Stage: String, Sendable {
    /// Size and first bytes were taken to exclude it.
    case gate
    /// What is in it was taken to exclude it.
    case sieve
    /// Working out conditions without a search says that nothing matches.
    case evaluate
  }

  package let stage: Stage
  /// What libyara reports: a rule, a failure or output.
  package let what: String
  package let seed: UInt64
  /// The place of the item among those of the seed.
  package let itemNumber: Int
  package var item: [UInt8]
  /// The texts of the rules that are needed for it.
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
