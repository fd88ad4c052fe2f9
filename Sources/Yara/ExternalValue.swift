/// The value of an external variable. Its type is fixed when it is first defined: a rule that
/// compares it with another type does not compile.
public enum ExternalValue: Hashable, Sendable {
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  case string(String)
}

extension ExternalValue {
  /// A C string ends at a NUL: libyara would take another name or value than was given.
  func checkForNUL(_ name: String) throws(YaraError) {
    var texts = [name]
    if case .string(let value) = self { texts.append(value) }
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw YaraError(.invalidArgument, "external variable \(name) holds a NUL")
    }
  }
}
