package import Bytes
import Sieve
package import Yara

/// Compiled rules kept between runs, with the digests of included texts that determine whether
/// they are still valid.
package struct RuleSetCache {
  /// Size in bytes below which rules compile faster than the cache is searched.
  package static let leastSize = 256 << 10

  private let directory: CacheDirectory
  private let key: [UInt8]

  /// Cache entry for the rules of these texts and external variables.
  package init(
    _ directory: CacheDirectory, _ texts: [RuleSet.Text],
    _ externals: [(name: String, value: ExternalValue)]
  ) {
    self.directory = directory
    var key = Array("rules \(Library.version) \(Sieve.libraryFile ?? "")\n".utf8)
    for (name, value) in externals { key += "\(name)=\(value)\n".utf8 }
    for text in texts {
      key += "\(text.namespace) \(text.name) \(text.isFile) \(text.bytes.count)\n".utf8
      key += Digest.sha256(of: text.bytes)
    }
    self.key = key
  }

  /// Result of compiling texts.
  package struct Compiled {
    package let rules: Rules
    package let texts: [RuleText]
    package let warnings: [Diagnostic]

    package init(rules: Rules, texts: [RuleText], warnings: [Diagnostic]) {
      self.rules = rules
      self.texts = texts
      self.warnings = warnings
    }
  }

  /// Loads cached rules; nil if there are none, or an included text has changed since.
  package func load(_ texts: [RuleSet.Text]) -> Compiled? {
    guard let bytes = directory.entry(for: key) else { return nil }
    var reader = EntryReader(bytes)
    var loaded: [RuleText] = []
    for text in texts {
      guard let count = reader.integer() else { return nil }
      var included: [RuleText.Included] = []
      for _ in 0..<count {
        guard let name = reader.text(), let digest = reader.bytes(),
          let content = RuleText.Included(reading: name), Digest.sha256(of: content.bytes) == digest
        else { return nil }
        included.append(content)
      }
      loaded.append(
        RuleText(
          name: text.name, namespace: text.namespace, bytes: text.bytes, included: included))
    }
    guard let count = reader.integer() else { return nil }
    var warnings: [Diagnostic] = []
    for _ in 0..<count {
      guard let file = reader.text(), let line = reader.integer(), let rule = reader.text(),
        let message = reader.text()
      else { return nil }
      warnings.append(
        Diagnostic(
          level: .warning, file: file.isEmpty ? nil : file, line: line,
          rule: rule.isEmpty ? nil : rule, message: message))
    }
    guard let compiled = reader.bytes(), let rules = try? Rules(serialized: compiled) else {
      return nil
    }
    return Compiled(rules: rules, texts: loaded, warnings: warnings)
  }

  /// Caches compiled rules. libyara can write rules only while no scanner uses them.
  package func keep(_ compiled: Compiled) {
    guard let rules = try? compiled.rules.serialized() else { return }
    var writer = EntryWriter()
    for text in compiled.texts {
      writer.add(text.included.count)
      for included in text.included {
        writer.add(Array(included.name.utf8))
        writer.add(Digest.sha256(of: included.bytes))
      }
    }
    writer.add(compiled.warnings.count)
    for warning in compiled.warnings {
      writer.add(Array((warning.file ?? "").utf8))
      writer.add(warning.line)
      writer.add(Array((warning.rule ?? "").utf8))
      writer.add(Array(warning.message.utf8))
    }
    writer.add(rules)
    directory.keep(writer.bytes, for: key)
  }
}

/// Writes numbers, and byte sequences with their lengths, one after the other.
private struct EntryWriter {
  var bytes: [UInt8] = []

  mutating func add(_ number: Int) {
    withUnsafeBytes(of: UInt64(number).littleEndian) { bytes += $0 }
  }

  mutating func add(_ content: [UInt8]) {
    add(content.count)
    bytes += content
  }
}

/// Reads the output of ``EntryWriter``.
private struct EntryReader {
  private let content: [UInt8]
  private var position = 0

  init(_ content: [UInt8]) { self.content = content }

  mutating func integer() -> Int? {
    guard content.count - position >= 8 else { return nil }
    defer { position += 8 }
    var value: UInt64 = 0
    for index in 0..<8 { value |= UInt64(content[position + index]) << UInt64(8 * index) }
    return Int(exactly: value)
  }

  mutating func bytes() -> [UInt8]? {
    guard let count = integer(), content.count - position >= count else { return nil }
    defer { position += count }
    return Array(content[position..<position + count])
  }

  mutating func text() -> String? { bytes().map { String(decoding: $0, as: UTF8.self) } }
}
