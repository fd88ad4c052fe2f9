extension Parser {
  /// Nesting limit of parentheses and brackets.
  static let deepestNesting = 100

  /// Parses the condition up to the closing brace. A condition cannot contain that brace, so the
  /// rest of the text can still be parsed if the condition cannot.
  mutating func condition() throws(SyntaxError) -> Expression {
    let start = token.range.lowerBound
    do throws(SyntaxError) {
      let condition = try booleanExpression(nesting: 0)
      if token.isSymbol("}") { return condition.expression }
    } catch {
      // Then skip to the end of the condition.
    }
    while !token.isSymbol("}") {
      switch token.kind {
      case .end, .invalid, .include, .keyword(.rule), .keyword(.import), .keyword(.meta),
        .keyword(.strings), .keyword(.condition), .symbol(UInt8(ascii: "{")):
        throw SyntaxError()
      default: advance()
      }
    }
    return Expression(kind: .unknown, range: start..<max(start, lastEnd))
  }

  /// Precedence from lowest to highest: `or`, `and`, then `not` and `defined`.
  mutating func booleanExpression(nesting: Int) throws(SyntaxError) -> Operand {
    guard nesting <= Self.deepestNesting else { throw SyntaxError() }
    var alternatives: [Operand] = []
    var terms: [Operand] = []
    while true {
      terms.append(try term(nesting: nesting))
      if accept(.and) { continue }
      alternatives.append(try Operand.chain(.and, terms[...]))
      terms.removeAll()
      guard accept(.or) else { break }
    }
    return try Operand.chain(.or, alternatives[...])
  }

  private mutating func term(nesting: Int) throws(SyntaxError) -> Operand {
    let prefixes = parsePrefixes()
    let operand = try comparison(nesting: nesting)
    return prefixes.isEmpty ? operand : try apply(prefixes, to: operand)
  }

  private mutating func parsePrefixes() -> [(UnaryOperator, start: Int)] {
    var prefixes: [(UnaryOperator, start: Int)] = []
    while isAt(.not) || isAt(.defined) {
      prefixes.append((isAt(.not) ? .not : .defined, token.range.lowerBound))
      advance()
    }
    return prefixes
  }

  private func apply(
    _ prefixes: [(UnaryOperator, start: Int)], to operand: Operand
  ) throws(SyntaxError) -> Operand {
    var operand = operand
    for (prefix, start) in prefixes.reversed() {
      operand = try .unary(prefix, at: start, operand, isPrimary: false)
    }
    return operand
  }

  /// Parses an operand of `not`.
  private mutating func comparison(nesting: Int) throws(SyntaxError) -> Operand {
    switch token.kind {
    case .keyword(.true), .keyword(.false): return boolean()
    case .stringName: return try foundString(nesting: nesting)
    case .keyword(.for): return try loop(nesting: nesting)
    case .keyword(.all), .keyword(.any), .keyword(.none): return try of(nesting: nesting)
    default: break
    }
    let left = try arithmetic(nesting: nesting, mayBePercentage: true)
    guard left.isPrimary else { return left }
    return try comparison(of: left, nesting: nesting)
  }

  private mutating func boolean() -> Operand {
    let constant = Operand(.boolean(isAt(.true)), token.range, isPrimary: false)
    advance()
    return constant
  }

  /// Parses an operator that may follow a value. This is a separate function to save stack:
  /// parentheses nest in the one above.
  private mutating func comparison(
    of left: Operand, nesting: Int
  ) throws(SyntaxError) -> Operand {
    if isAt(.of) {
      let quantifier = (Expression.Quantifier.count(left.expression), left.depth)
      return try of(quantifier, from: left.range.lowerBound, nesting: nesting)
    }
    if accept("%") {
      let quantifier = (Expression.Quantifier.percentage(left.expression), left.depth)
      return try of(quantifier, from: left.range.lowerBound, nesting: nesting)
    }
    guard let comparison = comparisonOperator() else { return left }
    advance()
    guard comparison == .matches else {
      return try .binary(comparison, left, try primary(nesting: nesting), isPrimary: false)
    }
    return try .binary(
      .matches, left, regularExpression(try expect(.regularExpression)), isPrimary: false)
  }

  private func comparisonOperator() -> BinaryOperator? {
    switch token.kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .keyword(.contains): .contains
    case .keyword(.icontains): .icontains
    case .keyword(.startswith): .startswith
    case .keyword(.istartswith): .istartswith
    case .keyword(.endswith): .endswith
    case .keyword(.iendswith): .iendswith
    case .keyword(.iequals): .iequals
    case .keyword(.matches): .matches
    default: nil
    }
  }

  // MARK: Strings

  /// `$a`, `$a at offset`, `$a in (low..high)`
  private mutating func foundString(nesting: Int) throws(SyntaxError) -> Operand {
    let name = literals.stringName(of: token)
    let range = token.range
    advance()
    if accept(.at) {
      let offset = try primary(nesting: nesting)
      return try Operand(
        .stringAt(name, offset.expression), range.lowerBound..<lastEnd, over: offset.depth,
        isPrimary: false)
    }
    if accept(.in) {
      let (bounds, depth) = try bounds(nesting: nesting)
      return try Operand(
        .stringIn(name, bounds), range.lowerBound..<lastEnd, over: depth, isPrimary: false)
    }
    return Operand(.string(name), range, isPrimary: false)
  }

  /// `(low..high)`
  mutating func bounds(nesting: Int) throws(SyntaxError) -> (Expression.Bounds, depth: Int) {
    try expect("(")
    let low = try primary(nesting: nesting + 1)
    _ = try expect(.dots)
    let high = try primary(nesting: nesting + 1)
    try expect(")")
    return (
      Expression.Bounds(low: low.expression, high: high.expression), max(low.depth, high.depth)
    )
  }

  // MARK: Quantifiers

  /// Parses a quantifier, before `of` or after `for`.
  private mutating func quantifier(
    nesting: Int
  ) throws(SyntaxError) -> (Expression.Quantifier, depth: Int) {
    if accept(.all) { return (.all, 0) }
    if accept(.any) { return (.any, 0) }
    if accept(.none) { return (.none, 0) }
    let count = try primary(nesting: nesting)
    return (.count(count.expression), count.depth)
  }

  private mutating func of(nesting: Int) throws(SyntaxError) -> Operand {
    let start = token.range.lowerBound
    return try of(try quantifier(nesting: nesting), from: start, nesting: nesting)
  }

  /// Parses the set that follows a quantifier.
  private mutating func of(
    _ quantifier: (Expression.Quantifier, depth: Int), from start: Int, nesting: Int
  ) throws(SyntaxError) -> Operand {
    try expect(.of)
    let set = try elementSet()
    var depth = quantifier.depth
    var bounds: Expression.Bounds?
    if try mayHavePlace(quantifier.0, set) {
      if accept(.in) {
        let (found, boundsDepth) = try self.bounds(nesting: nesting)
        bounds = found
        depth = max(depth, boundsDepth)
      } else if accept(.at) {
        let offset = try primary(nesting: nesting)
        return try Operand(
          .ofAt(quantifier.0, set, offset.expression), start..<lastEnd,
          over: max(depth, offset.depth), isPrimary: false)
      }
    }
    return try Operand(
      .of(quantifier.0, set, bounds), start..<lastEnd, over: depth, isPrimary: false)
  }

  private func mayHavePlace(
    _ quantifier: Expression.Quantifier, _ set: Expression.ElementSet
  ) throws(SyntaxError) -> Bool {
    guard isAt(.in) || isAt(.at) else { return false }
    if case .percentage = quantifier { throw SyntaxError() }
    if case .rules = set { throw SyntaxError() }
    return true
  }

  /// `them`, `($a, $b*)`, `(rule, prefix*)`
  private mutating func elementSet() throws(SyntaxError) -> Expression.ElementSet {
    if accept(.them) { return .allStrings }
    try expect("(")
    let isOfRules = token.kind == .identifier
    var names: [Expression.Name] = []
    repeat {
      if isOfRules {
        let name = literals.word(of: try expect(.identifier))
        names.append(Expression.Name(text: name, isPrefix: accept("*")))
      } else {
        let isPrefix = token.kind == .stringPrefix
        let name = literals.stringName(of: try expect(isPrefix ? .stringPrefix : .stringName))
        names.append(Expression.Name(text: name, isPrefix: isPrefix))
      }
    } while accept(",")
    try expect(")")
    return isOfRules ? .rules(names) : .strings(names)
  }

  // MARK: Loops

  private mutating func loop(nesting: Int) throws(SyntaxError) -> Operand {
    let start = token.range.lowerBound
    try expect(.for)
    let quantifier = try quantifier(nesting: nesting)
    if accept(.of) {
      let set = try elementSet()
      if case .rules = set { throw SyntaxError() }
      let body = try body(nesting: nesting)
      return try Operand(
        .forOf(quantifier.0, set, body: body.expression), start..<lastEnd,
        over: max(quantifier.depth, body.depth), isPrimary: false)
    }
    var variables: [String] = []
    repeat { variables.append(literals.word(of: try expect(.identifier))) } while accept(",")
    try expect(.in)
    let iterator = try iterator(nesting: nesting)
    let body = try body(nesting: nesting)
    return try Operand(
      .forIn(quantifier.0, variables: variables, iterator.0, body: body.expression),
      start..<lastEnd, over: max(quantifier.depth, iterator.depth, body.depth), isPrimary: false)
  }

  private mutating func body(nesting: Int) throws(SyntaxError) -> Operand {
    try expect(":")
    try expect("(")
    let body = try booleanExpression(nesting: nesting + 1)
    try expect(")")
    return body
  }

  private mutating func iterator(
    nesting: Int
  ) throws(SyntaxError) -> (Expression.Iterator, depth: Int) {
    guard accept("(") else {
      let collection = try identifier(nesting: nesting)
      return (.collection(collection.expression), collection.depth)
    }
    var values = [try primary(nesting: nesting + 1)]
    if token.kind == .dots {
      advance()
      values.append(try primary(nesting: nesting + 1))
      try expect(")")
      let bounds = Expression.Bounds(low: values[0].expression, high: values[1].expression)
      return (.range(bounds), max(values[0].depth, values[1].depth))
    }
    while accept(",") { values.append(try primary(nesting: nesting + 1)) }
    try expect(")")
    return (.values(values.map(\.expression)), values.map(\.depth).max() ?? 0)
  }
}
