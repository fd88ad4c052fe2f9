internal import CYara
import Locks

/// Collects libyara's messages of one scan. A callback cannot throw; nothing here can fail.
struct MatchCollector {
  let rules: Rules
  let options: Scanner.Options
  var result = ScanResult()

  init(rules: Rules, options: Scanner.Options) {
    self.rules = rules
    self.options = options
  }

  mutating func receive(
    _ message: Int32, _ data: UnsafeMutableRawPointer?,
    _ context: UnsafeMutablePointer<YR_SCAN_CONTEXT>
  ) -> Int32 {
    switch message {
    case CALLBACK_MSG_RULE_MATCHING:
      let rule = UnsafePointer(data!.assumingMemoryBound(to: YR_RULE.self))
      result.nonMatchingBefore.append(result.nonMatching.count)
      result.matches.append(
        RuleMatch(rules.rule(at: rule), rule, context, withStrings: options.reportsStrings))
    case CALLBACK_MSG_RULE_NOT_MATCHING:
      let rule = UnsafePointer(data!.assumingMemoryBound(to: YR_RULE.self))
      result.nonMatching.append(rules.rule(at: rule))
      if options.reportsStrings {
        result.nonMatchingStrings.append(StringMatch.all(of: rule, context))
      }
    case CALLBACK_MSG_IMPORT_MODULE where !options.moduleData.isEmpty:
      giveData(to: data!.assumingMemoryBound(to: YR_MODULE_IMPORT.self))
    case CALLBACK_MSG_MODULE_IMPORTED:
      let module = data!.assumingMemoryBound(to: YR_OBJECT.self)
      if options.printsModuleData { result.printed.append(.moduleData(Self.fields(of: module))) }
      if options.reportsModules, let value = ModuleValue(module) {
        result.printed.append(.module(String(cString: module.pointee.identifier), value))
      }
      if !options.moduleFields.isEmpty { copyFields(of: module) }
    case CALLBACK_MSG_TOO_MANY_MATCHES:
      result.cutStrings.append(name(of: data!.assumingMemoryBound(to: YR_STRING.self)))
    case trawl_yara_too_slow_message():
      result.slowStrings.append(name(of: data!.assumingMemoryBound(to: YR_STRING.self)))
    case CALLBACK_MSG_CONSOLE_LOG:
      let line = data!.assumingMemoryBound(to: UInt8.self)
      result.printed.append(
        .console(Array(UnsafeBufferPointer(start: line, count: strlen(line)))))
    default: break
    }
    return CALLBACK_CONTINUE
  }

  private func name(of string: UnsafePointer<YR_STRING>) -> CutString {
    let identifier = String(cString: string.pointee.identifier)
    let rule = trawl_yara_rule_at(rules.pointer, string.pointee.rule_idx)
    return CutString(
      rule: rule.map { String(cString: $0.pointee.identifier) } ?? "",
      namespace: rule.map { String(cString: $0.pointee.ns.pointee.name) } ?? "",
      identifier: identifier)
  }

  private func giveData(to request: UnsafeMutablePointer<YR_MODULE_IMPORT>) {
    let module = String(cString: request.pointee.module_name)
    options.moduleData.first { $0.module == module }?.give(to: request)
  }

  /// libyara prints to C's standard output, which all threads share.
  private static let printing = Locked(())

  private static func fields(of module: UnsafeMutablePointer<YR_OBJECT>) -> [UInt8] {
    printing.withLock { _ in
      var length = 0
      guard let text = trawl_yara_print_object(module, &length) else { return [] }
      defer { free(text) }
      return Array(UnsafeRawBufferPointer(start: text, count: length))
    }
  }

  /// libyara destroys a module's objects before it reports the first rule, so requested fields
  /// are copied when the module has been loaded, whether or not a rule will match.
  private mutating func copyFields(of module: UnsafeMutablePointer<YR_OBJECT>) {
    for wanted in options.moduleFields
    where wanted.module == String(cString: module.pointee.identifier) {
      if let value = ModuleValue(field: wanted.field, of: module) {
        result.moduleFields[wanted] = value
      }
    }
  }
}
