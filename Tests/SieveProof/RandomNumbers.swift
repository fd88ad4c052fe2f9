import TestSupport

/// Integers and floats.
extension RandomCondition {
  mutating func small() -> String {
    switch random.number(0...4) {
    case 0: return "\(random.pick(Vocabulary.offsets))"
    case 1: return "\(aim.count)"
    case 2 where !aim.isEmpty: return "\(aim[random.number(0...min(70, aim.count - 1))])"
    default: return "\(random.number(0...5))"
    }
  }

  mutating func integer(_ depth: Int) -> String {
    if let variable = variables.last(where: { !$0.isText }), random.oneIn(4) {
      return made("loop variable", variable.name)
    }
    if depth < 4, random.oneIn(3) { return arithmetic(depth + 1) }
    switch random.number(0...14) {
    case 0, 1: return made("filesize", "filesize")
    case 2 where !strings.isEmpty:
      let name = name()
      return name.isEmpty ? "3" : made("#a", "#\(name.dropFirst())")
    case 3 where !strings.isEmpty:
      let name = name()
      return name.isEmpty ? "3" : made("@a", "@\(name.dropFirst())")
    case 4:
      if let (read, _) = reading(at: random.number(0...80)) { return read }
      return made("read beyond", "uint32(99999)")
    case 5: return made("read at expression", "uint16(\(integer(4)))")
    case 6: return moduleInteger()
    case 7:
      let constant = random.pick(ModuleNames.constants)
      return made("constant of \(ModuleNames.module(of: constant))", constant)
    case 8: return made("external integer", "ext_i")
    case 9: return number()
    case 10:
      let call = random.pick(ModuleNames.integerCalls)
      return made("call of \(ModuleNames.module(of: call))", call)
    case 11:
      return made("great integer", random.pick(["0x7fffffffffffffff", "0xffffffff", "0x80000000"]))
    default: return small()
    }
  }

  /// A constant, in any of its forms.
  private mutating func number() -> String {
    let number = random.number(0...9)
    switch random.number(0...3) {
    case 0: return made("kilobytes", "\(number)KB")
    case 1: return made("megabytes", "\(number)MB")
    case 2: return made("hexadecimal integer", "0x\(number)f")
    default: return made("octal integer", "0o1\(number % 8)")
    }
  }

  private mutating func withoutParentheses() -> String {
    func part() -> String {
      random.pick(["", "", "-", "~"]) + random.pick([small(), "filesize", "ext_i"])
    }
    var text = part()
    for _ in 0..<random.number(2...3) {
      let sign = random.pick(["+", "-", "*", "&", "|", "^", "<< 1 +", ">> 2 -"])
      text += " \(sign) " + part()
    }
    return made("integers without parentheses", "(\(text))")
  }

  mutating func arithmetic(_ depth: Int) -> String {
    switch random.number(0...13) {
    case 13: return withoutParentheses()
    case 0, 1: return made("+", "(\(integer(depth)) + \(integer(depth)))")
    case 2: return made("-", "(\(integer(depth)) - \(integer(depth)))")
    case 3: return made("*", "(\(integer(depth)) * \(small()))")
    // The least integer divided by -1 would end the process.
    case 4:
      return made(
        "\\", "((\(integer(4)) & 0xffffffff) \\ \(random.pick(["3", "filesize", "ext_i"])))")
    case 5:
      return made("%", "((\(integer(4)) & 0xffffffff) % \(random.pick(["7", "filesize", "2"])))")
    case 6: return made("&", "(\(integer(depth)) & \(integer(depth)))")
    case 7: return made("|", "(\(integer(depth)) | \(integer(depth)))")
    case 8: return made("^", "(\(integer(depth)) ^ \(integer(depth)))")
    case 9: return made("~", "~(\(integer(depth)))")
    case 10: return made("negation", "-(\(integer(depth)))")
    case 11:
      return made(
        "<<",
        "(\(integer(depth)) << \(random.pick(["1", "63", "64", "70", "filesize", "(ext_i - 9)"])))")
    default:
      return made(
        ">>",
        "(\(integer(depth)) >> \(random.pick(["1", "3", "64", "65", "filesize", "(ext_i - 9)"])))")
    }
  }

  mutating func float(_ depth: Int) -> String {
    switch random.number(0...7) {
    case 0: return made("float constant", random.pick(["1.5", "0.0", "4.0", "100.25"]))
    case 1: return made("external float", "ext_f")
    case 2: return made("float arithmetic", "(\(integer(4)) * 1.5)")
    case 3: return made("float division", "(ext_f \\ \(random.pick(["2.0", "0.0"])))")
    case 4: return made("float negation", "-(ext_f)")
    case 5: return made("float of undefined", "(pe.number_of_sections + 0.5)")
    default:
      let call = random.pick(ModuleNames.floats)
      return made("float of \(ModuleNames.module(of: call))", call)
    }
  }
}
