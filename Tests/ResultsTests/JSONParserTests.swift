import Foundation
import Results
import TestSupport
import Testing

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  /// Texts that mean the same when they are written again.
  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "18446744073709551615", "1.5",
    "-2.5e-07", "\"\"", "\"a\"", "[]", "{}", "[1,[2,{\"a\":null}],\"b\"]",
    #"{"b":1,"a":"\n\t\\\"/"}"#,
  ])
  func canonicalTextIsUnchanged(_ text: String) throws { #expect(try parse(text).line == text) }

  @Test(arguments: [
    (" { \"a\" : 1 } \r\n", "{\"a\":1}"), (#""\u0041\/""#, "\"A/\""), (#""\ud83d\ude00""#, "\"😀\""),
    (#""\ud83dx""#, "\"\u{FFFD}x\""), (#""\u202e""#, #""\u202e""#), ("1e2", "100.0"),
  ])
  func otherFormsBecomeCanonical(_ text: String, _ canonical: String) throws {
    #expect(try parse(text).line == canonical)
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}",
    "01", "-", "1.", ".5", "1e", "+1", "nul", "truex", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
    "\"a\nb\"", "1 2", "{\"a\":1,\"a\":2}", "1e999", "NaN", "'a'", "[1 2]",
  ])
  func whatIsNotJSONIsAnError(_ text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test func bytesThatAreNotUTF8AreAnError() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0x5C, 0x6E, 0xFF, 0x22]) }
  }

  @Test func depthAndNumberOfValuesAreBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try parse(nested(32)).line == nested(32))
    #expect(throws: JSONError.self) { try parse(nested(33)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
    var limits = JSON.Limits()
    limits.values = 10
    let many = "[" + Array(repeating: "1", count: 10).joined(separator: ",") + "]"
    #expect(throws: JSONError.self) { try JSON(parsing: Array(many.utf8), limits: limits) }
  }

  /// Foundation accepts what this parser accepts, and reads the same.
  @Test func damagedLinesAgreeWithFoundation() throws {
    var generator = SeededGenerator(seed: 22)
    for _ in 0..<3000 {
      var bytes = Array(generator.pick(ResultLines.examples).utf8)
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = generator.pick(Array("\"\\{}[],:0-e u1a".utf8))
      }
      guard let json = try? JSON(parsing: bytes) else { continue }
      let theirs = try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary
      let ours = try JSONSerialization.jsonObject(with: Data(json.line.utf8)) as? NSDictionary
      #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
