import CTrawl
import Yara

/// Report of libyara about one item, as the caller sees it. Immutable.
final class MatchesObject {
  let events: UnsafePointer<trawl_match_event>?
  let count: Int
  private let arena = Arena()
  /// Rules of the events belong to it.
  private let engine: EngineObject

  init(_ result: ScanResult, of engine: EngineObject) {
    self.engine = engine
    var writer = EventWriter(arena: arena, description: engine.description)
    writer.add(result)
    events = arena.array(writer.events)
    count = writer.events.count
  }
}

/// Events of one result, in the order of libyara: messages of the search, output of conditions,
/// then the rules.
private struct EventWriter {
  let arena: Arena
  let description: EngineObject.Description
  var events: [trawl_match_event] = []

  init(arena: Arena, description: EngineObject.Description) {
    self.arena = arena
    self.description = description
  }

  mutating func add(_ result: ScanResult) {
    for string in result.cutStrings { add(string, Int32(TRAWL_TOO_MANY_MATCHES)) }
    for string in result.slowStrings { add(string, Int32(TRAWL_TOO_SLOW)) }
    for output in result.printed { add(output) }
    addRules(result)
  }

  private mutating func add(_ string: CutString, _ type: Int32) {
    var event = trawl_match_event()
    event.type = type
    event.rule = description.rule(string.rule, in: string.namespace)
    event.text = arena.text(string.identifier)
    events.append(event)
  }

  private mutating func add(_ output: Printed) {
    var event = trawl_match_event()
    switch output {
    case .console(let line):
      event.type = Int32(TRAWL_CONSOLE_LINE)
      event.text = arena.text(line)
    case .module(let name, let value):
      event.type = Int32(TRAWL_MODULE_LOADED)
      event.text = arena.text(name)
      event.value = arena.array([arena.value(value)])
    case .moduleData: return
    }
    events.append(event)
  }

  private mutating func addRules(_ result: ScanResult) {
    var other = 0
    for (number, match) in result.matches.enumerated() {
      while other < result.nonMatchingBefore[number] {
        addNonMatching(other, of: result)
        other += 1
      }
      add(match.rule, match.strings, Int32(TRAWL_RULE_MATCHES))
    }
    while other < result.nonMatching.count {
      addNonMatching(other, of: result)
      other += 1
    }
  }

  private mutating func addNonMatching(_ number: Int, of result: ScanResult) {
    add(
      result.nonMatching[number], result.nonMatchingStrings[number],
      Int32(TRAWL_RULE_DOES_NOT_MATCH))
  }

  private mutating func add(_ rule: Rule, _ strings: [StringMatch], _ type: Int32) {
    var event = trawl_match_event()
    event.type = type
    event.rule = description.rule(rule.identifier, in: rule.namespace)
    let strings = arena.strings(strings)
    event.strings = arena.array(strings)
    event.string_count = strings.count
    events.append(event)
  }
}

extension Arena {
  /// Groups matches, which are sorted by string.
  fileprivate func strings(_ matches: [StringMatch]) -> [trawl_matched_string] {
    var strings: [trawl_matched_string] = []
    var first = 0
    while first < matches.count {
      var end = first
      while end < matches.count, matches[end].index == matches[first].index { end += 1 }
      strings.append(string(matches[first..<end]))
      first = end
    }
    return strings
  }

  private func string(_ matches: ArraySlice<StringMatch>) -> trawl_matched_string {
    var string = trawl_matched_string()
    string.identifier = text(matches.first?.identifier)
    string.is_xor = matches.first?.isXor == true ? 1 : 0
    string.instances = array(
      matches.map { match in
        trawl_string_instance(
          offset: match.offset, length: UInt64(clamping: match.length), data: array(match.data),
          data_size: match.data.count, xor_key: Int32(match.xorKey), reserved: 0)
      })
    string.instance_count = matches.count
    return string
  }

  /// Copies a value of a module, with all in it.
  fileprivate func value(_ value: ModuleValue?, named name: String? = nil) -> trawl_value {
    var structure = trawl_value()
    structure.name = text(name)
    switch value {
    case nil: structure.type = Int32(TRAWL_VALUE_UNDEFINED)
    case .integer(let integer):
      structure.type = Int32(TRAWL_VALUE_INTEGER)
      structure.integer = integer
    case .float(let number):
      structure.type = Int32(TRAWL_VALUE_FLOAT)
      structure.number = number
    case .string(let bytes):
      structure.type = Int32(TRAWL_VALUE_TEXT)
      structure.text = text(bytes)
    case .structure(let members):
      structure.type = Int32(TRAWL_VALUE_STRUCTURE)
      add(members, to: &structure)
    case .dictionary(let members):
      structure.type = Int32(TRAWL_VALUE_DICTIONARY)
      add(members, to: &structure)
    case .array(let elements):
      structure.type = Int32(TRAWL_VALUE_ARRAY)
      structure.members = array(elements.map { self.value($0) })
      structure.member_count = elements.count
    }
    return structure
  }

  private func add(_ members: [String: ModuleValue], to structure: inout trawl_value) {
    structure.members = array(
      members.sorted { $0.key < $1.key }.map { value($0.value, named: $0.key) })
    structure.member_count = members.count
  }
}
