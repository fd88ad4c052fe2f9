internal import CYara

/// Takes libyara's messages of one scan. A callback cannot throw; nothing here can fail.
struct MatchCollector {
  let rules: Rules
  let moduleFields: [ModuleField]
  var result = ScanResult()

  init(rules: Rules, moduleFields: [ModuleField]) {
    self.rules = rules
    self.moduleFields = moduleFields
  }

  mutating func take(
    _ message: Int32, _ data: UnsafeMutableRawPointer?,
    _ context: UnsafeMutablePointer<YR_SCAN_CONTEXT>
  ) -> Int32 {
    switch message {
    case CALLBACK_MSG_RULE_MATCHING:
      let rule = UnsafePointer(data!.assumingMemoryBound(to: YR_RULE.self))
      result.matches.append(RuleMatch(rules.rule(at: rule), rule, context))
    case CALLBACK_MSG_RULE_NOT_MATCHING:
      let rule = UnsafePointer(data!.assumingMemoryBound(to: YR_RULE.self))
      result.nonMatching.append(rules.rule(at: rule))
    case CALLBACK_MSG_MODULE_IMPORTED where !moduleFields.isEmpty:
      copyFields(of: data!.assumingMemoryBound(to: YR_OBJECT.self))
    case CALLBACK_MSG_TOO_MANY_MATCHES:
      cut(data!.assumingMemoryBound(to: YR_STRING.self))
    case CALLBACK_MSG_CONSOLE_LOG:
      result.consoleLines.append(String(cString: data!.assumingMemoryBound(to: CChar.self)))
    default: break
    }
    return CALLBACK_CONTINUE
  }

  private mutating func cut(_ string: UnsafePointer<YR_STRING>) {
    let identifier = String(cString: string.pointee.identifier)
    let index = string.pointee.rule_idx
    let rule = trawl_yara_rule_at(rules.pointer, index).map {
      String(cString: $0.pointee.identifier)
    }
    result.cutStrings.append(CutString(rule: rule ?? "", identifier: identifier))
  }

  /// libyara destroys a module's objects before it reports the first rule, so what is wanted of them
  /// is copied when the module has been loaded, whether a rule will match or not.
  private mutating func copyFields(of module: UnsafeMutablePointer<YR_OBJECT>) {
    for wanted in moduleFields where wanted.module == String(cString: module.pointee.identifier) {
      if let value = ModuleValue(field: wanted.field, of: module) {
        result.moduleFields[wanted] = value
      }
    }
  }
}
