import Findings
import Foundation
import Identity
import TestSupport
import Testing
import Yara

@Suite struct IdentifierTests {
  private func attribution(of text: String, item: String = "x") throws -> Attribution {
    var compiler = try Compiler()
    try compiler.add(text: text)
    var scanner = try Scanner(try compiler.rules())
    let result = try scanner.scan(Array(item.utf8).span.bytes)
    return Identifier(nil).attribution(of: result.matches)
  }

  @Test func theMostConvincingRuleDecidesWhateverTheOrder() throws {
    let found = try attribution(
      of: """
        rule a { meta: confidence = "weak" reason = "is weak" component = "trace" condition: true }
        rule b { meta: confidence = "strong" reason = "is strong" component = "driver"
          vendor = "V" product = "P" platform = "windows" condition: true }
        rule c { meta: confidence = "claimed" reason = "claims" condition: true }
        """)
    #expect(found.rule == "b")
    #expect(found.confidence == .strong)
    #expect(found.component == .driver)
    #expect(found.vendor == "V")
    #expect(found.product == "P")
    #expect(found.platform == "windows")
    #expect(found.reasons == ["is strong", "claims", "is weak"])
  }

  @Test func amongEqualsTheOneThatNamesTheProductDecides() throws {
    let found = try attribution(
      of: """
        rule a { meta: confidence = "strong" condition: true }
        rule b { meta: confidence = "strong" product = "P" condition: true }
        rule c { meta: confidence = "strong" product = "Q" condition: true }
        """)
    #expect(found.rule == "b")
    #expect(found.product == "P")
  }

  @Test func aRuleWithoutMetadataHasNoConfidence() throws {
    let found = try attribution(of: "rule a { condition: true }")
    #expect(found == Attribution(rule: "a"))
  }

  @Test func unknownWordsInMetadataAreNotTaken() throws {
    let found = try attribution(
      of: #"rule a { meta: confidence = "certain" component = "gadget" condition: true }"#)
    #expect(found.confidence == nil)
    #expect(found.component == nil)
  }

  @Test func anEngineInAnotherVendorsProductIsMarked() throws {
    let found = try attribution(of: "rule a { meta: embedded = true condition: true }")
    #expect(found.isEmbedded)
  }

  @Test func productAndVersionsComeFromTheBinary() throws {
    let path = Fixtures.positive("kaspersky_windows_library_security_center")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var compiler = try Compiler()
    try compiler.add(text: "rule a { condition: true }")
    var scanner = try Scanner(try compiler.rules())
    let found = Identifier(nil).attribution(
      of: try scanner.scan([0].span.bytes).matches, resource: VersionResource(bytes.span.bytes))
    #expect(found.product == "Kaspersky Security Center")
    #expect(found.productVersion == "15.0.0.16436")
    #expect(found.version == "15.0.0.16436")
    #expect(found.confidence == nil, "a version resource raises nothing")
  }
}
