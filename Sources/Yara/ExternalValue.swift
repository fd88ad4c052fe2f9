/// Value of an external variable. Its first definition fixes its type: a rule that compares it
/// with another type does not compile.
public enum ExternalValue: Hashable, Sendable {
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  case string(String)
}

extension ExternalValue {
  /// C strings end at NUL: libyara would read a different name or value.
  func checkForNUL(_ name: String) throws(YaraError) {
    var texts = [name]
    if case .string(let value) = self { texts.append(value) }
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw YaraError(.invalidArgument, "external variable \(name) holds a NUL")
    }
  }
}
