import Foundation
import Yara

/// Compiles one text with external variables.
func rules(_ text: String, externals: [String: ExternalValue] = [:]) throws(YaraError) -> Rules {
  var compiler = try Compiler()
  for (name, value) in externals { try compiler.define(name, as: value) }
  try compiler.add(text: text)
  return try compiler.rules()
}

/// Diagnostics of the compiler for one text, whether it compiles or not.
func diagnostics(of text: String) throws -> [Diagnostic] {
  var compiler = try Compiler()
  do throws(YaraError) {
    try compiler.add(text: text)
    return compiler.diagnostics
  } catch {
    return error.diagnostics
  }
}

extension Scanner {
  /// Scans the UTF-8 bytes of a text.
  mutating func scan(_ text: String) throws(YaraError) -> ScanResult {
    try scan(Array(text.utf8).span.bytes)
  }

  /// Scans bytes.
  mutating func scan(_ bytes: [UInt8]) throws(YaraError) -> ScanResult {
    try scan(bytes.span.bytes)
  }
}

extension ScanResult {
  /// The names of the rules that matched.
  var names: [String] { matches.map(\.rule.identifier) }
}

/// Scans once with freshly compiled rules.
func scan(_ text: String, with source: String, options: Scanner.Options = .init())
  throws(YaraError) -> ScanResult
{
  var scanner = try Scanner(rules(source), options: options)
  return try scanner.scan(text)
}

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Foundation has a class with this name.
typealias Scanner = Yara.Scanner
