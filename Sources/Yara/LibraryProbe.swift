internal import CYara

/// Probes of the libyara that the dynamic linker found. The library exports no version, and one
/// name (`libyara.so.10`) covers 4.3 to 4.5, whose structures and answers differ.
struct LibraryProbe {
  /// Version of the arena format (arena.h, YR_ARENA_FILE_VERSION): 19 in 4.2, 20 in 4.3, 21 in
  /// 4.4 and 4.5. It changes with the saved structures.
  let arenaVersion: UInt8
  /// Letters of the rules below that match, in order.
  let answers: String
  /// Status of the scan that counts matches in a range.
  let statusOfRangeCount: Int32

  /// Probe rules. `g` is false and global, so that `b` shows whether a global rule that libyara
  /// did not evaluate blocks its namespace. `c` is reached only on items of 12 bytes.
  private static let rules: [(namespace: String, text: String)] = [
    (
      "probe",
      """
      rule l { condition: for none i in (1..3) : (i > 2) }
      rule m { condition: "" matches /^$/ }
      rule u { strings: $a = "hello" condition: not ($a at uint32(100)) }
      rule c { strings: $a = "world" condition: filesize == 12 and #a in (1..9) == 1 }
      """
    ),
    (
      "held",
      """
      global rule g { strings: $a = "absent" condition: $a }
      rule b { condition: true }
      """
    ),
  ]

  /// Compiles and scans a few rules; nil if libyara refuses. Reads no structure of libyara.
  init?() {
    var compiler: UnsafeMutablePointer<YR_COMPILER>?
    guard yr_compiler_create(&compiler) == ERROR_SUCCESS, let compiler else { return nil }
    defer { yr_compiler_destroy(compiler) }
    for (namespace, text) in Self.rules {
      guard yr_compiler_add_string(compiler, text, namespace) == 0 else { return nil }
    }
    var compiled: UnsafeMutablePointer<YR_RULES>?
    guard yr_compiler_get_rules(compiler, &compiled) == ERROR_SUCCESS, let compiled else {
      return nil
    }
    defer { yr_rules_destroy(compiled) }
    guard let arenaVersion = Self.arenaVersion(of: compiled) else { return nil }
    self.arenaVersion = arenaVersion
    // Do not access a rule before the structures are known to be those of the headers.
    guard arenaVersion == UInt8(YR_ARENA_FILE_VERSION) else {
      answers = ""
      statusOfRangeCount = ERROR_SUCCESS
      return
    }
    let first = Self.scan("hello world", compiled)
    guard first.status == ERROR_SUCCESS else { return nil }
    let second = Self.scan("hello world!", compiled)
    answers = first.matches + (second.matches.contains("c") ? "c" : "")
    statusOfRangeCount = second.status
  }

  /// Reads the fifth byte of saved rules, after the four-byte magic.
  private static func arenaVersion(of rules: UnsafeMutablePointer<YR_RULES>) -> UInt8? {
    var header: [UInt8] = []
    let status = withUnsafeMutablePointer(to: &header) { header in
      var stream = YR_STREAM()
      stream.user_data = UnsafeMutableRawPointer(header)
      stream.write = { source, size, count, header in
        let piece = UnsafeRawBufferPointer(start: source, count: size * count)
        let header = header!.assumingMemoryBound(to: [UInt8].self)
        header.pointee.append(contentsOf: piece.prefix(5 - min(5, header.pointee.count)))
        return count
      }
      return yr_rules_save_stream(rules, &stream)
    }
    return status == ERROR_SUCCESS && header.count == 5 ? header[4] : nil
  }

  private static func scan(_ item: StaticString, _ rules: UnsafeMutablePointer<YR_RULES>) -> (
    status: Int32, matches: String
  ) {
    var matches = ""
    let status = withUnsafeMutablePointer(to: &matches) { matches in
      yr_rules_scan_mem(
        rules, item.utf8Start, item.utf8CodeUnitCount,
        SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING,
        { _, message, data, matches in
          if message == CALLBACK_MSG_RULE_MATCHING, let data {
            let rule = data.assumingMemoryBound(to: YR_RULE.self)
            matches!.assumingMemoryBound(to: String.self).pointee += String(
              cString: rule.pointee.identifier)
          }
          return CALLBACK_CONTINUE
        }, matches, 0)
    }
    return (status, matches)
  }

  /// Semantics that all answers agree with; nil for a mixture, which is a version in between.
  var semantics: Library.Semantics? {
    switch (answers, statusOfRangeCount) {
    case ("lu", ERROR_INTERNAL_FATAL_ERROR): .v42
    // 4.5.0 answers without `m`: it crashes and hangs on random rules, so nothing was proven with
    // it.
    case ("mc", ERROR_SUCCESS): .v45
    default: nil
    }
  }
}
