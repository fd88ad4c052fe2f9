internal import CYara

/// Statistics of the automaton that searches for the strings of rules.
public struct RulesStatistics: Hashable, Sendable {
  /// Number of rules, including private ones.
  public let rules: UInt32
  /// Number of strings; a chain counts once per part.
  public let strings: UInt32
  /// Number of entries in all match lists.
  public let matches: UInt32
  /// Number of entries in the match list of the root.
  public let matchesOfRoot: UInt32
  /// Average length of a match list.
  public let averageListLength: Float
  /// Lengths of the hundred longest lists, longest first.
  public let longestLists: [UInt32]
  /// Lengths that 0 to 100 percent of the lists do not exceed.
  public let percentiles: [UInt32]
  /// Size of the transition table.
  public let tableSize: UInt32
}

extension Rules {
  /// Statistics of the automaton of these rules.
  public func statistics() throws(YaraError) -> RulesStatistics {
    var raw = YR_RULES_STATS()
    try YaraError.check(
      yr_rules_get_stats(pointer, &raw), "statistics of the rules are not available")
    return RulesStatistics(
      rules: raw.num_rules, strings: raw.num_strings, matches: raw.ac_matches,
      matchesOfRoot: raw.ac_root_match_list_length,
      averageListLength: raw.ac_average_match_list_length,
      longestLists: Self.numbers(raw.top_ac_match_list_lengths),
      percentiles: Self.numbers(raw.ac_match_list_length_pctls), tableSize: raw.ac_tables_size)
  }

  /// Converts a C array, which Swift imports as a tuple.
  private static func numbers<Tuple>(_ tuple: Tuple) -> [UInt32] {
    withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: UInt32.self)) }
  }

  /// Sets an external variable of compiled rules for scanners created later. Its type cannot
  /// change. Throws while scanners of these rules exist.
  public func define(_ name: String, as value: ExternalValue) throws(YaraError) {
    try value.checkForNUL(name)
    try whileUnused { () throws(YaraError) in
      let status =
        switch value {
        case .integer(let value): yr_rules_define_integer_variable(pointer, name, value)
        case .float(let value): yr_rules_define_float_variable(pointer, name, value)
        case .boolean(let value): yr_rules_define_boolean_variable(pointer, name, value ? 1 : 0)
        case .string(let value): yr_rules_define_string_variable(pointer, name, value)
        }
      try YaraError.check(status, "external variable \(name) could not be set")
    }
  }
}
