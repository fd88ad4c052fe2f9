internal import CYara

extension Library {
  /// How many slots the stack has that conditions are worked out on, in this process; 16384 unless set.
  public static func setStackSize(_ slots: UInt32) throws(YaraError) {
    try set(YR_CONFIG_STACK_SIZE, slots, "the size of the stack")
  }

  /// How many strings a rule may have that is compiled in this process; 10000 unless set.
  public static func setMaximumStringsPerRule(_ count: UInt32) throws(YaraError) {
    try set(YR_CONFIG_MAX_STRINGS_PER_RULE, count, "the number of strings in a rule")
  }

  private static func set(_ name: YR_CONFIG_NAME, _ value: UInt32, _ what: String)
    throws(YaraError)
  {
    try initialize()
    try YaraError.check(
      yr_set_configuration_uint32(name, value), "\(what) could not be set to \(value)")
  }
}
