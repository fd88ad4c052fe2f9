import TestSupport

/// `for … in`, with all kinds of iterators.
extension RandomCondition {
  mutating func loop(_ depth: Int) -> String {
    let variable = "v\(loops)"
    let quantifier = quantifier(3)
    loops += 1
    let outer = variables
    defer {
      loops -= 1
      variables = outer
    }
    func head(_ iterator: String, _ names: String? = nil) -> String {
      "for \(quantifier) \(names ?? variable) in \(iterator) : "
    }
    switch random.number(0...7) {
    case 0, 1:
      variables.append(.init(name: variable, isText: false))
      return made("for in range", head("(\(range()))") + "(\(body(depth)))")
    case 2:
      let values = head("(\(small()), \(integer(depth + 1)), \(small()))")
      // Among its own values, libyara would read leftovers of its stack for it.
      variables.append(.init(name: variable, isText: false))
      return made("for in integers", values + "(\(body(depth)))")
    case 3:
      variables.append(.init(name: variable, isText: true))
      return made(
        "for in texts",
        head("(\(quoted()), \(quoted()))") + "(\(textComparison(variable, quoted())))")
    case 4, 5:
      let (array, field, isText) = random.pick(ModuleNames.arrays)
      variables.append(.init(name: "\(variable).\(field)", isText: isText))
      let body =
        isText
        ? textComparison("\(variable).\(field)", quoted())
        : "\(comparison("\(variable).\(field)", small()))"
      return made("for in array of \(ModuleNames.module(of: array))", head(array) + "(\(body))")
    case 6:
      return made(
        "for in dictionary",
        head(random.pick(ModuleNames.dictionaries), "k\(loops), w\(loops)")
          + "(\(random.oneIn(3) ? "true" : textComparison(random.pick(["k\(loops)", "w\(loops)"]), quoted())))"
      )
    default:
      variables.append(.init(name: variable, isText: false))
      guard let string = strings.first(where: { $0.identifier != "$" }), !random.oneIn(4) else {
        let range = Vocabulary.has45 ? "(3..(ext_i & 1))" : "(3..1)"
        return made("for in empty range", head(range) + "(\(body(depth)))")
      }
      used.insert(string.identifier)
      let bare = string.identifier.dropFirst()
      return made(
        "for in (1..#a)",
        head("(1..#\(bare))")
          + "(\(comparison("@\(bare)[\(variable)]", "\(random.pick(Vocabulary.offsets))")))")
    }
  }

  mutating func range() -> String {
    switch random.number(0...5) {
    case 0:
      let high = "\(random.number(0...2))"
      return made(
        "empty range",
        "\(random.number(3...9))..\(Vocabulary.has45 ? "(uint8(0) & \(high))" : high)")
    case 1: return "0..(filesize & 7)"
    case 2: return made("undefined range", "0..pe.number_of_sections")
    default: return "\(random.number(0...2))..\(random.number(2...9))"
    }
  }

  mutating func body(_ depth: Int) -> String {
    switch random.number(0...5) {
    case 0:
      return made("for integer body", random.oneIn(2) ? variables.last!.name : integer(depth + 1))
    case 1: return comparison(variables.last!.name, small())
    case 2: return made("read at a variable", "uint8(\(variables.last!.name)) == uint8(0)")
    case 3 where !strings.isEmpty && !isInStringLoop:
      let name = name()
      return name.isEmpty ? "true" : made("$a at a variable", "\(name) at \(variables.last!.name)")
    default: return boolean(depth + 1)
    }
  }
}
