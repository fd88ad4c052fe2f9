import Yara

/// Output of `yara -S` (print_rules_stats of yara.c).
enum MatchStatistics {
  static func text(of rules: Rules) throws(YaraError) -> String {
    let figures = try rules.statistics()
    var text = """
      size of AC transition table        : \(figures.tableSize)
      average length of AC matches lists : \(fixed(figures.averageListLength))
      number of rules                    : \(figures.rules)
      number of strings                  : \(figures.strings)
      number of AC matches               : \(figures.matches)
      number of AC matches in root node  : \(figures.matchesOfRoot)
      number of AC matches in top \(figures.longestLists.count) longest lists

      """
    for (index, length) in figures.longestLists.enumerated() {
      text += " \(padded(index + 1)): \(Int32(bitPattern: length))\n"
    }
    text += "match list length percentiles\n"
    for (percent, length) in figures.percentiles.enumerated().reversed() {
      text += " \(padded(percent)): \(Int32(bitPattern: length))\n"
    }
    return text
  }

  /// Formats like `%3d` in C.
  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: " ", count: max(0, 3 - digits.count)) + digits
  }

  /// Formats like `%f` in C.
  private static func fixed(_ number: Float) -> String {
    guard number.isFinite else { return number.isNaN ? "-nan" : "inf" }
    let millionths = Int((Double(number) * 1e6).rounded(.toNearestOrEven))
    let fraction = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count)
      + fraction
  }
}
