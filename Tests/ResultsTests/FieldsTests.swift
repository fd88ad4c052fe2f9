import Bytes
import Evidence
import Testing

@testable import Results

/// Members of records: absent ones are nil, those of another type are errors.
@Suite struct FieldsTests {
  private func fields(_ text: String) throws -> Fields {
    Fields(try JSON(parsing: Array(text.utf8)))
  }

  @Test func absentMembersAreNil() throws {
    let none = try fields("{}")
    #expect(try none.text("k") == nil && none.unsigned("k") == nil && none.number("k") == nil)
    #expect(try none.flag("k") == nil && none.time("k") == nil && none.path("k") == nil)
    #expect(try none.texts("k").isEmpty && none.counts("k").isEmpty && none.names("k").isEmpty)
    #expect(try none.count("k") == 0 && none.bytes("k").isEmpty && none.runs("k").isEmpty)
    #expect(try none.object("k") == nil && none.digest("k", bytes: 16) == nil)
    #expect(throws: FieldError.self) { try none.required("k", none.text("k")) }
  }

  @Test func otherTypesAreErrors() throws {
    for value in ["null", "1", "true", "\"x\"", "[]", "{}", "-1", "1.5", "[1]", "[[1]]", "[null]"] {
      let one = try fields("{\"k\":\(value)}")
      var accepted = [String]()
      if (try? one.text("k")) != nil { accepted.append("text") }
      if (try? one.unsigned("k")) != nil { accepted.append("unsigned") }
      if (try? one.number("k")) != nil { accepted.append("number") }
      if (try? one.flag("k")) != nil { accepted.append("flag") }
      if (try? one.texts("k")) != nil { accepted.append("texts") }
      if (try? one.object("k")) != nil { accepted.append("object") }
      if (try? one.counts("k")) != nil { accepted.append("counts") }
      if (try? one.runs("k")) != nil { accepted.append("runs") }
      let expected: [String] =
        switch value {
        case "null": ["texts", "counts", "runs"]  // as if it were absent
        case "1": ["unsigned", "number"]
        case "true": ["flag"]
        case "\"x\"": ["text"]
        case "[]": ["texts", "runs"]
        case "{}": ["object", "counts"]
        case "-1", "1.5": ["number"]
        default: []
        }
      #expect(accepted == expected, "\(value)")
    }
  }

  @Test func numbersStayExact() throws {
    let numbers = try fields(#"{"a":18446744073709551615,"b":9223372036854775808}"#)
    #expect(try numbers.unsigned("a") == .max && numbers.unsigned("b") == 1 << 63)
    #expect(try numbers.count("a") == .max, "the largest count")
  }

  @Test func exactBytesOfAPathTakePrecedence() throws {
    #expect(try fields(#"{"p":"/a","p_base64":"L2X/"}"#).path("p")?.bytes == [0x2F, 0x65, 0xFF])
    #expect(try fields(#"{"p":"/a"}"#).path("p") == "/a")
    #expect(throws: FieldError.self) { try fields(#"{"p_base64":"*"}"#).path("p") }
  }

  @Test func digestsAndBytesAreLowerCaseHexadecimal() throws {
    #expect(try fields(#"{"d":"00ff"}"#).digest("d", bytes: 2) == "00ff")
    #expect(try fields(#"{"d":"00ff"}"#).bytes("d") == [0, 0xFF])
    for text in ["00f", "00FF", "00fg", "00ff00"] {
      #expect(throws: FieldError.self) { try fields("{\"d\":\"\(text)\"}").digest("d", bytes: 2) }
    }
    for text in ["0", "0G", "A0"] {
      #expect(throws: FieldError.self) { try fields("{\"d\":\"\(text)\"}").bytes("d") }
    }
  }

  @Test func closedListsAndTimesAreChecked() throws {
    #expect(try fields(#"{"s":"deleted"}"#).choice("s", AllocationState.self) == .deleted)
    #expect(throws: FieldError.self) {
      try fields(#"{"s":"gone"}"#).choice("s", AllocationState.self)
    }
    #expect(try fields(#"{"t":"1970-01-01T00:00:01Z"}"#).time("t")?.seconds == 1)
    #expect(throws: FieldError.self) { try fields(#"{"t":"yesterday"}"#).time("t") }
  }

  @Test func aLocatorNeedsEvidenceAndPath() throws {
    let whole = try fields(
      #"{"evidence":"/e","path":"/p","stream":"s","volume":{"index":1,"start":512},"runs":[[1,2]]}"#
    ).locator()
    #expect(whole.evidence == "/e" && whole.path == "/p" && whole.stream == "s")
    #expect(whole.volume?.start == 512 && whole.runs == [Run(offset: 1, length: 2)])
    for text in [
      #"{"path":"/p"}"#, #"{"evidence":"/e"}"#, #"{"evidence":"/e","path":"/p","volume":1}"#,
    ] {
      #expect(throws: FieldError.self) { try fields(text).locator() }
    }
    for runs in ["[[1]]", "[[1,2,3]]", "[[1,-2]]", "[1]"] {
      #expect(throws: FieldError.self) { try fields("{\"runs\":\(runs)}").runs("runs") }
    }
  }
}
