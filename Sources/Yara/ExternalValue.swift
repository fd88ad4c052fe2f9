/// The value of an external variable. Its type is fixed when it is first defined: a rule that
/// compares it with another type does not compile.
public enum ExternalValue: Hashable, Sendable {
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  case string(String)
}
