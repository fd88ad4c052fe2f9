import Foundation
import TestSupport
import Testing
import Yara

@testable import YaraSyntax

@Suite("What libyara compiles is understood")
struct AcceptanceTests {
  @Test("The examples of the documentation", arguments: DocumentedSyntax.rules)
  func documented(text: String) {
    let text = Array(text.utf8)
    #expect(refusal(of: text) == nil)
    #expect(!hasUnknown(text))
    #expect(refusal(of: understood(text)) == nil)
  }

  @Test("What later versions have is understood", arguments: DocumentedSyntax.ofLaterVersions)
  func ofLaterVersions(text: String) {
    if Library.release < (4, 5) { #expect(refusal(of: Array(text.utf8)) != nil) }
    #expect(!hasUnknown(Array(text.utf8)))
  }

  @Test("The rules of the surprising cases", arguments: SemanticsRules.rules)
  func semantics(text: String) throws {
    let text = Array(text.utf8)
    #expect(!hasUnknown(text))
    // 4.5 checks constant bounds and numbers.
    guard Library.release < (4, 5) || refusal(of: text) == nil else { return }
    let item = Array("hello world".utf8)
    #expect(
      try matches(compiled(text), item) == matches(compiled(understood(text)), item))
  }

  @Test("Rules with changes that libyara still compiles", arguments: 0..<6)
  func changed(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "", " ", "\n", "/", "*", "//", "/*", "*/", "{", "}", "(", ")", "[", "]", "-", "~", "%", "\\",
      "\"", "?", "0", "9", "a", "x", "$", "#", "@", "!", "=", "|", "&", "<", ".", ",", ":", "not ",
      "and ", "or ", "1", "KB", "\r", "i", "s", "\t", "\u{0}", "\u{1}", "é", "1 - ", "* 3", "0x",
      "^ 5",
    ]
    let item = Array("\u{41}\u{42}C dummy1 foobar md5: hello \u{0}b\u{0} world dummy2".utf8)
    var accepted = 0
    for _ in 0..<700 {
      var text = Array(random.pick(DocumentedSyntax.rules + SemanticsRules.rules).utf8)
      for _ in 0..<random.pick([1, 1, 2]) {
        let start = random.number(0...(text.count - 1))
        let end = random.oneIn(2) ? start : min(text.count, start + random.number(1...4))
        text.replaceSubrange(start..<end, with: Array(random.pick(pieces).utf8))
      }
      guard !text.contains(0), refusal(of: text) == nil else { continue }
      accepted += 1
      let message: Comment = "\(String(decoding: text, as: UTF8.self))"
      let expected = try matches(compiled(text), item)
      // libyara ignores a text or a comment truncated by the end of the file; here it is `unknown`,
      // since an including file would continue inside it.
      if case .unknown(let range) = SourceFile(parsing: text).items.last,
        range.upperBound == text.count
      {
        text.removeSubrange(range)
      }
      #expect(!hasUnknown(text), message)
      let again = understood(text)
      #expect(refusal(of: again) == nil, message)
      guard refusal(of: again) == nil else { continue }
      #expect(try expected == matches(compiled(again), item), message)
    }
    #expect(accepted > 30)
  }

  @Test("The rule files of this package")
  func ownRules() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    var count = 0
    for folder in ["signatures", "Tests/Rules"] {
      let files = FileManager.default.enumerator(
        at: root.appending(path: folder), includingPropertiesForKeys: nil)!
      for case let file as URL in files where file.pathExtension == "yar" {
        let text = Array(try Data(contentsOf: file))
        #expect(!hasUnknown(text), "\(file.path)")
        count += rules(text).count
      }
    }
    #expect(count > 20)
  }

  @Test("Random rules", arguments: 0..<10)
  func random(seed: UInt64) throws {
    var generator = RandomRuleText(seed: seed)
    var accepted = 0
    var decided: Set<[String]> = []
    for _ in 0..<60 {
      let text = Array(generator.text().utf8)
      guard refusal(of: text) == nil else { continue }
      accepted += 1
      #expect(!hasUnknown(text), "\(String(decoding: text, as: UTF8.self))")
      let again = understood(text)
      let complaint = refusal(of: again)
      #expect(complaint == nil, "\(String(decoding: again, as: UTF8.self))")
      guard complaint == nil else { continue }
      let written = try compiled(text)
      let rewritten = try compiled(again)
      for _ in 0..<3 {
        let item = generator.item()
        let expected = try matches(written, item)
        if let expected { decided.insert(expected) }
        #expect(
          try expected == matches(rewritten, item),
          "\(String(decoding: text, as: UTF8.self))")
      }
    }
    #expect(accepted >= 36)
    // Some match and some do not, so the comparison is meaningful.
    #expect(decided.count >= 3, "\(decided)")
  }
}
