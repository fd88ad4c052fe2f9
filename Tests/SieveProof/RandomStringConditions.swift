import TestSupport

/// Conditions on strings.
extension RandomCondition {
  mutating func name() -> String {
    if isInStringLoop, random.oneIn(2) { return made("$ in a loop", "$") }
    let named = strings.filter { $0.identifier != "$" }
    guard let string = named.isEmpty ? nil : random.pick(named) else {
      used.insert("$")
      return isInStringLoop ? "$" : ""
    }
    used.insert(string.identifier)
    return string.identifier
  }

  mutating func stringTruth(_ depth: Int) -> String {
    let name = name()
    guard !name.isEmpty else { return of() }
    switch random.number(0...5) {
    case 0, 1: return made("$a", name)
    case 2: return made("$a at", "\(name) at \(place(name))")
    case 3:
      return made("$a at expression", "\(name) at (\(integer(depth)))")
    case 4:
      let offset = place(name)
      return made(
        "$a in",
        "\(name) in (\(max(0, offset - random.number(0...20)))..\(offset + random.number(0...20)))")
    default: return made("$a in expression", "\(name) in (\(bounds(depth)))")
    }
  }

  /// An offset, if possible one at which the string is.
  mutating func place(_ name: String) -> Int {
    if random.oneIn(2), let string = strings.first(where: { $0.identifier == name }),
      let example = string.examples.first, let found = position(of: example)
    {
      return found
    }
    return random.pick(Vocabulary.offsets)
  }

  func position(of bytes: [UInt8]) -> Int? {
    guard !bytes.isEmpty, bytes.count <= aim.count else { return nil }
    return (0...aim.count - bytes.count).first { offset in
      aim[offset] == bytes[0] && aim[offset..<offset + bytes.count].elementsEqual(bytes)
    }
  }

  mutating func countTruth(_ depth: Int) -> String {
    let name = name()
    guard !name.isEmpty else { return of() }
    let bare = name.dropFirst()
    switch random.number(0...6) {
    case 0, 1: return made("#a", comparison("#\(bare)", "\(random.number(0...3))"))
    case 2: return made("@a", comparison("@\(bare)", "\(random.pick(Vocabulary.offsets))"))
    case 3:
      return made(
        "@a[i]",
        comparison("@\(bare)[\(random.number(0...3))]", "\(random.pick(Vocabulary.offsets))"))
    case 4: return made("!a", comparison("!\(bare)", "\(random.number(1...12))"))
    case 5:
      return made("!a[i]", comparison("!\(bare)[\(random.pick(["1", "2", "#\(bare)"]))]", "5"))
    default:
      return made(
        "#a in (0..n)", comparison(countIn(String(bare), depth), "\(random.number(0...2))"))
    }
  }

  mutating func countIn(_ bare: String, _ depth: Int) -> String {
    if effects.contains(.failures) {
      return made(
        "#a in (n..m)", "#\(bare) in (\(random.number(0...3))..\(random.number(3...500)))")
    }
    return "#\(bare) in (0..\(random.pick(["filesize", "100", "10"])))"
  }

  mutating func bounds(_ depth: Int) -> String {
    switch random.number(0...4) {
    case 0: return "0..filesize"
    case 1: return "\(small())..\(small())"
    case 2: return "\(integer(depth + 1))..\(integer(depth + 1))"
    default: return "0..\(random.pick(Vocabulary.offsets) + 50)"
    }
  }

  mutating func set() -> String {
    switch random.number(0...4) {
    case 0, 1:
      for string in strings { used.insert(string.identifier) }
      return made("set them", "them")
    case 2:
      for string in strings { used.insert(string.identifier) }
      return made("set ($*)", "($*)")
    case 3 where strings.contains { $0.identifier != "$" }:
      for string in strings where string.identifier != "$" { used.insert(string.identifier) }
      return made("set ($s*)", "($s*)")
    default:
      let named = strings.filter { $0.identifier != "$" }.map(\.identifier)
      guard !named.isEmpty else {
        used.insert("$")
        return made("set them", "them")
      }
      let chosen = (0..<random.number(1...3)).map { _ in random.pick(named) }
      used.formUnion(chosen)
      if Set(chosen).count < chosen.count { productions.append("set with repetition") }
      return made("set ($a, $b)", "(\(chosen.joined(separator: ", ")))")
    }
  }

  /// A quantifier of any kind.
  mutating func quantifier(_ size: Int) -> String {
    switch random.number(0...13) {
    case 0, 1: return made("quantifier all", "all")
    case 2, 3, 4: return made("quantifier any", "any")
    case 5, 6: return made("quantifier none", "none")
    case 7: return made("quantifier n", "\(random.number(1...max(1, size + 1)))")
    case 8: return made("quantifier 0", "0")
    case 9:
      return made(
        "quantifier negative",
        Vocabulary.has45 ? "(filesize - 90000)" : random.pick(["-1", "(filesize - 90000)"]))
    case 10: return made("quantifier computed zero", "(filesize - \(aim.count))")
    case 11:
      return undefinedQuantifier()
    case 12 where !strings.isEmpty && strings[0].identifier != "$":
      used.insert(strings[0].identifier)
      return made("quantifier #a", "#\(strings[0].identifier.dropFirst())")
    default: return made("quantifier computed", "(\(integer(2)))")
    }
  }

  /// Undefined quantifier, which means all.
  mutating func undefinedQuantifier() -> String {
    made(
      "quantifier undefined",
      random.pick([
        "uint32(99999)", "pe.number_of_sections", "elf.type",
        "(filesize \\ (filesize - \(aim.count)))",
      ]))
  }

  mutating func of() -> String {
    let size = strings.count
    switch random.number(0...(Vocabulary.has45 ? 9 : 7)) {
    case 8:
      let quantifier = quantifier(size)
      let set = set()
      return made("of at", "\(quantifier) of \(set) at \(place(strings[0].identifier))")
    case 9:
      return made("of at expression", "\(quantifier(size)) of \(set()) at (\(integer(2)))")
    case 7:
      let name = name()
      guard name.count > 1 else { return made("of", "\(quantifier(size)) of \(set())") }
      return made("undefined of one", "\(undefinedQuantifier()) of (\(name))")
    case 0: return made("of in", "\(quantifier(size)) of \(set()) in (\(bounds(2)))")
    case 1:
      return made("percentage of", "\(random.pick(["1", "50", "51", "67", "100"]))% of \(set())")
    case 2:
      for string in strings { used.insert(string.identifier) }
      return made(
        "computed percentage of",
        random.pick([
          "(filesize - \(aim.count))% of them", "(\(random.number(0...60)) + uint8(0))% of them",
          "uint32(99999)% of them", "ext_i% of them",
        ])
      )
    default: return made("of", "\(quantifier(size)) of \(set())")
    }
  }

  mutating func stringLoop(_ depth: Int) -> String {
    let head = "for \(quantifier(strings.count)) of \(set()) : "
    isInStringLoop = true
    loops += 1
    defer {
      isInStringLoop = false
      loops -= 1
    }
    switch random.number(0...7) {
    case 0: return made("for of ($)", head + "($)")
    case 1: return made("for of (#)", head + "(\(comparison("#", "\(random.number(0...2))")))")
    case 2:
      return made("for of (@)", head + "(\(comparison("@", "\(random.pick(Vocabulary.offsets))")))")
    case 3: return made("for of (!)", head + "(\(comparison("!", "4")))")
    case 4: return made("for of (@[i])", head + "(\(comparison("@[1]", "50")))")
    case 5: return made("for of integer body", head + "(\(random.pick(["#", "#-1", "filesize"])))")
    default: return made("for of", head + "(\(boolean(depth + 1)))")
    }
  }
}
