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
    #expect(refusal(of: Array(text.utf8)) != nil)
    #expect(!hasUnknown(Array(text.utf8)))
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

  @Test("Random rules", arguments: 0..<20)
  func random(seed: UInt64) throws {
    var generator = RandomRuleText(seed: seed)
    var accepted = 0
    var decided: Set<[String]> = []
    for _ in 0..<100 {
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
    #expect(accepted >= 60)
    // Some match, some do not: the comparison is worth something.
    #expect(decided.count >= 5, "\(decided)")
  }
}
