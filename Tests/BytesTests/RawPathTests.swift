import Bytes
import Testing

@Suite struct RawPathTests {
  private static let shown: [(bytes: [UInt8], shown: String)] = [
    (Array("/plain/path".utf8), "/plain/path"),
    (Array("/Käse/ключ/日本/🦑".utf8), "/Käse/ключ/日本/🦑"),
    ([], ""),
    (Array("new\nline".utf8), "new\\x0aline"),
    (Array("tab\there".utf8), "tab\\x09here"),
    ([0x1B, 0x5B, 0x33, 0x31, 0x6D], "\\x1b[31m"),
    ([0x7F], "\\x7f"),
    (Array("back\\slash".utf8), "back\\\\slash"),
    (Array("\\x0a".utf8), "\\\\x0a"),
    ([0x61, 0xFF, 0x62], "a\\xffb"),
    // C1 controls, as UTF-8: some terminals obey them.
    ([0xC2, 0x80], "\\xc2\\x80"),
    ([0xC2, 0x9B], "\\xc2\\x9b"),
    ([0xC2, 0x9F], "\\xc2\\x9f"),
    ([0xC2, 0xA0], "\u{A0}"),
    // Not UTF-8: cut short, overlong, a surrogate, beyond U+10FFFF, a lone continuation.
    ([0xE2, 0x82], "\\xe2\\x82"),
    ([0xC0, 0xAF], "\\xc0\\xaf"),
    ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
    ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
    ([0x80], "\\x80"),
    // Valid UTF-8 beside an invalid byte is kept.
    (Array("é".utf8) + [0xFF] + Array("€".utf8), "é\\xff€"),
    ([0xE2, 0x82, 0x61], "\\xe2\\x82a"),
    ([0x00], "\\x00"),
  ]

  @Test(arguments: shown)
  func aPathIsShownOnOneLine(bytes: [UInt8], shown: String) {
    #expect(RawPath(bytes).shown == shown)
    #expect("\(RawPath(bytes))" == shown)
  }

  /// Every byte, and every pair with a few neighbours: no two names look alike, and none forges a
  /// line.
  @Test func differentPathsAreShownDifferently() {
    // Texts are compared as bytes: Swift treats two forms of one letter as equal.
    var seen: Set<[UInt8]> = []
    var names: [[UInt8]] = (0...255).map { [UInt8($0)] }
    for first in UInt8.min...UInt8.max {
      for second in [0x0A, 0x30, 0x5C, 0x61, 0x78, 0x7F, 0x80, 0x9B, 0xA0, 0xBF, 0xC3, 0xFF] {
        names.append([first, UInt8(second)])
      }
    }
    names += [Array("\\x41".utf8), Array("\\\\x41".utf8), Array("x41".utf8)]
    for name in names where !seen.insert(Array(RawPath(name).shown.utf8)).inserted {
      Issue.record("\(name) is shown as another name: \(RawPath(name).shown)")
    }
    #expect(seen.count == names.count)
    let forged = seen.flatMap { String(decoding: $0, as: UTF8.self).unicodeScalars }.filter {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
    }
    #expect(forged == [])
  }

  @Test func onlyUTF8IsText() {
    #expect(RawPath("Käse").utf8 == "Käse")
    #expect(RawPath("").utf8 == "")
    #expect(RawPath([0x61, 0xFF]).utf8 == nil)
    #expect(RawPath("new\nline").utf8 == "new\nline")
  }

  private static let components: [(path: RawPath, parent: RawPath, last: RawPath)] = [
    ("/a/b", "/a", "b"), ("/a", "/", "a"), ("/", "/", ""), ("a", "", "a"), ("a/b", "a", "b"),
    ("", "", ""), ("/a/", "/a", ""), ("/a/..", "/a", ".."),
  ]

  @Test(arguments: components)
  func aPathHasAParentAndALastComponent(path: RawPath, parent: RawPath, last: RawPath) {
    #expect(path.parent == parent)
    #expect(path.lastComponent == last)
  }

  @Test func componentsKeepTheirBytes() {
    let path = RawPath([0x2F, 0xFF, 0x2F, 0xFE, 0x0A])
    #expect(path.lastComponent.bytes == [0xFE, 0x0A])
    #expect(path.parent.bytes == [0x2F, 0xFF])
    #expect(path.parent.appending(path.lastComponent) == path)
  }

  private static let joined: [(path: RawPath, name: RawPath, joined: RawPath)] = [
    ("/a", "b", "/a/b"), ("/", "b", "/b"), ("", "b", "b"), ("/a/", "b", "/a/b"),
    ("/a", "b/c", "/a/b/c"),
  ]

  @Test(arguments: joined)
  func aNameIsAppended(path: RawPath, name: RawPath, joined: RawPath) {
    #expect(path.appending(name) == joined)
  }

  private static let inside: [(path: RawPath, other: RawPath, isInside: Bool)] = [
    ("/a/b", "/a", true), ("/a", "/a", true), ("/a", "/", true), ("/", "/", true),
    ("/ab", "/a", false), ("/a", "/a/b", false), ("/b", "/a", false), ("/a/b/c", "/a/", true),
  ]

  @Test(arguments: inside)
  func aPathIsInsideAnother(path: RawPath, other: RawPath, isInside: Bool) {
    #expect(path.isInside(other) == isInside)
  }

  @Test func theOrderIsThatOfTheBytes() {
    let paths: [RawPath] = [
      RawPath([0xFF]), "a", "B", "/", "", "ab", "a/b", "a b", RawPath("é"), RawPath([0x00]),
    ]
    #expect(
      paths.sorted().map(\.bytes) == [
        [], [0x00], Array("/".utf8), Array("B".utf8), Array("a".utf8), Array("a b".utf8),
        Array("a/b".utf8), Array("ab".utf8), Array("é".utf8), [0xFF],
      ])
  }

  /// Unicode would treat both as equal; the file system does not.
  @Test func equalityIsThatOfTheBytes() {
    #expect(RawPath("e\u{301}") != RawPath("\u{E9}"))
    #expect(Set([RawPath("e\u{301}"), RawPath("\u{E9}")]).count == 2)
  }

  @Test func aPathWithANULIsNoCString() {
    #expect(RawPath([0x61, 0, 0x62]).withCString { _ in true } == nil)
    #expect(RawPath("ab").withCString { [$0[0], $0[1], $0[2]] } == [0x61, 0x62, 0])
    #expect(RawPath([0xFF]).withCString { [$0[0], $0[1]] } == [-1, 0])
    #expect(RawPath("").withCString { $0[0] } == 0)
  }
}
