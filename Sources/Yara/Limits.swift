internal import CYara

extension Library {
  /// Sets the number of slots of the evaluation stack in this process; 16384 by default.
  public static func setStackSize(_ slots: UInt32) throws(YaraError) {
    try set(YR_CONFIG_STACK_SIZE, slots, "the size of the stack")
  }

  /// Sets the number of strings allowed per rule compiled in this process; 10000 by default.
  public static func setMaximumStringsPerRule(_ count: UInt32) throws(YaraError) {
    try set(YR_CONFIG_MAX_STRINGS_PER_RULE, count, "the number of strings in a rule")
  }

  /// Sets the number of bytes kept of each match in this process; 512 by default.
  public static func setMaximumMatchData(_ count: UInt32) throws(YaraError) {
    try set(YR_CONFIG_MAX_MATCH_DATA, count, "the number of bytes of a match")
  }

  private static func set(_ name: YR_CONFIG_NAME, _ value: UInt32, _ what: String)
    throws(YaraError)
  {
    try initialize()
    try YaraError.check(
      yr_set_configuration_uint32(name, value), "\(what) could not be set to \(value)")
  }
}
