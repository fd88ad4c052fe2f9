/// Program that a Windows command line starts, without its arguments, which may contain any
/// path.
enum ProgramPath {
  private static let extensions = [".exe", ".com", ".bat", ".cmd", ".dll", ".sys"]

  /// Program in a command line: the quoted text at the beginning; else the text up to the first
  /// file extension of a program (CreateProcess tries each space in turn); else the first word.
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

  /// Name of the file at a path, in lower case without `extension`; nil if the extension differs.
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
