/// The program that a command line of Windows starts: without its arguments, in which any path may stand.
enum ProgramPath {
  private static let extensions = [".exe", ".com", ".bat", ".cmd", ".dll", ".sys"]

  /// What is in quotes at the beginning; else what ends with the first extension of a program (CreateProcess tries
  /// each space in turn); else the first word.
  static func first(of command: String) -> String {
    let command = command.drop { $0 == " " || $0 == "\t" }
    if command.first == "\"" { return String(command.dropFirst().prefix { $0 != "\"" }) }
    var end = command.startIndex
    while let space = command[end...].firstIndex(of: " ") {
      if isProgram(command[..<space]) { return String(command[..<space]) }
      end = command.index(after: space)
    }
    return isProgram(command) ? String(command) : String(command.prefix { $0 != " " })
  }

  /// The name of the file at a path, in lower case and without `extension`; nil if it has another.
  static func name(at path: String, without suffix: String) -> String? {
    guard let file = path.split(whereSeparator: { $0 == "\\" || $0 == "/" }).last?.lowercased(),
      file.hasSuffix(suffix)
    else { return nil }
    return String(file.dropLast(suffix.count))
  }

  private static func isProgram(_ path: Substring) -> Bool {
    extensions.contains { path.suffix(4).lowercased() == $0 }
  }
}
