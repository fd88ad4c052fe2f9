import Testing

@testable import Sieve

/// Regular expressions, element by element; what is not understood is required by nothing.
@Suite struct RegularExpressionReaderTests {
  /// Elements with their repetitions, in short form; nil if the expression is not understood.
  private func read(_ pattern: String) -> [String]? {
    var reader = RegularExpressionReader(pattern: Array(pattern.utf8))
    var elements = [String]()
    while !reader.isAtEnd {
      guard let element = reader.element(), let times = reader.quantifier() else { return nil }
      let shown =
        switch element {
        case .byte(let set): set == .all ? "any" : set.single.map { "\($0)" } ?? "\(set.halfBits)"
        case .nothing: "nothing"
        case .unknown: "unknown"
        }
      elements.append(
        "\(shown) \(times.least)-\(times.most.map(String.init) ?? "")")
    }
    return elements
  }

  @Test func bytesAndTheirRepetitions() {
    #expect(read("aB+c*d?") == ["97 1-1", "66 1-", "99 0-", "100 0-1"])
    #expect(read("a{2}b{2,}c{,3}d{2,3}?") == ["97 2-2", "98 2-", "99 0-3", "100 2-3"])
    #expect(read(".^$") == ["any 1-1", "nothing 1-1", "nothing 1-1"])
    #expect(read("") == [])
  }

  @Test func escapes() {
    #expect(read(#"\n\x41\.\\"#) == ["10 1-1", "65 1-1", "46 1-1", "92 1-1"])
    #expect(read(#"\bA\B"#) == ["nothing 1-1", "65 1-1", "nothing 1-1"])
    // Ten digits, 63 characters of words, six blanks; and what is none of them.
    #expect(read(#"\d\w\s"#) == ["8 1-1", "4 1-1", "10 1-1"])
    for pattern in [#"\"#, #"\x4"#, #"\xGG"#, #"\q"#, #"\9"#] {
      #expect(read(pattern) == nil, "\(pattern)")
    }
  }

  @Test func classes() {
    #expect(read("[a]") == ["97 1-1"] && read("[^a]") == ["0 1-1"])
    #expect(read("[0-9]{3}") == ["8 3-3"] && read(#"[\x30-\x39]"#) == ["8 1-1"])
    #expect(read("[]]") == ["93 1-1"] && read("[-]") == ["45 1-1"])
    #expect(read("[a-]") == ["14 1-1"], "a letter and a hyphen")
    #expect(read(#"[\]]"#) == ["93 1-1"])
    #expect(read("[z-a]") == ["unknown 1-1"] && read(#"[\d-z]"#) == ["unknown 1-1"])
    for pattern in ["[", "[a", "[^", "[]", #"[\]"#] { #expect(read(pattern) == nil, "\(pattern)") }
  }

  @Test func groupsAreUnknownAsAWhole() {
    #expect(read("(a|b[)](c)\\))+d") == ["unknown 1-", "100 1-1"])
    for pattern in ["(", "(a", "(a\\)", "([)"] { #expect(read(pattern) == nil, "\(pattern)") }
  }

  @Test func alternativesAndStrayMarksAreNotUnderstood() {
    for pattern in ["a|b", "a)", "*a", "+", "?", "{2}", "a{", "a{x}", "a{1,2,3}", "a{,}", "]", "}"]
    {
      #expect(read(pattern) == nil, "\(pattern)")
    }
    #expect(read("a{99999999999999999999}") == nil)
  }
}
