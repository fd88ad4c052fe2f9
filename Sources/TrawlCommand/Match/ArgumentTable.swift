/// Arguments in the syntax of `yara` (args.c of 4.2.3), which is neither POSIX nor GNU: options
/// and names may come in any order; a value follows a short option as a separate argument, and
/// a long one after `=`.
struct ArgumentTable {
  /// One option.
  struct Option {
    /// Type of the option's value.
    enum Kind { case flag, integer, text }

    let short: Character?
    let long: String
    let kind: Kind
    /// Number of times it may be given.
    var maximum = 1
    /// Whether the value may also follow a long option as a separate argument: only for options
    /// that `yara` lacks.
    var takesNext = false
  }

  /// Values given on the command line.
  struct Values {
    var flags: Set<String> = []
    var integers: [String: Int] = [:]
    var texts: [String: [[UInt8]]] = [:]
    var names: [[UInt8]] = []
  }

  /// Invalid arguments, with the message of `yara`.
  struct Failure: Error {
    let message: [UInt8]
  }

  let options: [Option]

  /// Parses the arguments after the name of the program.
  func parse(_ arguments: [[UInt8]]) throws(Failure) -> Values {
    var values = Values()
    var counts: [String: Int] = [:]
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      let next = index + 1 < arguments.count ? arguments[index + 1] : nil
      let isNextUsed: Bool
      if argument.count > 2, argument.starts(with: Self.dashes) {
        isNextUsed = try parseLong(argument, next, &values, &counts)
      } else if argument.count > 1, argument[0] == Self.dash, argument[1] != Self.dash {
        isNextUsed = try parseShort(argument, next, &values, &counts)
      } else {
        values.names.append(argument)
        isNextUsed = false
      }
      index += isNextUsed ? 2 : 1
    }
    return values
  }

  private static let dash = UInt8(ascii: "-")
  private static let dashes = [dash, dash]

  private func parseLong(
    _ argument: [UInt8], _ next: [UInt8]?, _ values: inout Values, _ counts: inout [String: Int]
  ) throws(Failure) -> Bool {
    let text = argument.dropFirst(2)
    let option = options.first { option in
      guard text.starts(with: option.long.utf8) else { return false }
      let rest = text.dropFirst(option.long.utf8.count)
      return rest.isEmpty || rest.first == UInt8(ascii: "=")
    }
    guard let option else { throw Self.failure("unknown option", argument) }
    let rest = text.dropFirst(option.long.utf8.count)
    let usesNext = rest.isEmpty && option.takesNext
    let value = rest.isEmpty ? (usesNext ? next : nil) : Array(rest.dropFirst())
    try store(option, value, argument, &values, &counts)
    return usesNext
  }

  /// Parses letters that share a dash; only the last can have a value.
  private func parseShort(
    _ argument: [UInt8], _ next: [UInt8]?, _ values: inout Values, _ counts: inout [String: Int]
  ) throws(Failure) -> Bool {
    for (offset, letter) in argument.enumerated().dropFirst() {
      let character = Character(Unicode.Scalar(letter))
      guard let option = options.first(where: { $0.short == character }) else {
        throw Self.failure("unknown option", argument)
      }
      let isLast = offset == argument.count - 1
      try store(option, isLast ? next : nil, argument, &values, &counts)
      if isLast { return option.kind != .flag }
    }
    return false
  }

  private func store(
    _ option: Option, _ value: [UInt8]?, _ argument: [UInt8], _ values: inout Values,
    _ counts: inout [String: Int]
  ) throws(Failure) {
    guard counts[option.long, default: 0] < option.maximum else {
      throw Failure(message: Array("too many `".utf8) + argument + Array("` options".utf8))
    }
    counts[option.long, default: 0] += 1
    switch option.kind {
    case .flag: values.flags.insert(option.long)
    case .integer:
      guard let value, let number = CNumber.integer(value, base: 0) else {
        throw Self.failure("option", argument, "requires an integer argument")
      }
      values.integers[option.long] = number
    case .text:
      guard let value else {
        throw Self.failure("option", argument, "requires a string argument")
      }
      values.texts[option.long, default: []].append(value)
    }
  }

  private static func failure(_ start: String, _ argument: [UInt8], _ end: String = "") -> Failure {
    let tail = end.isEmpty ? "`" : "` " + end
    return Failure(message: Array("\(start) `".utf8) + argument + Array(tail.utf8))
  }
}
