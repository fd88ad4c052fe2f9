internal import CYara
import Locks

/// Compiled rules: immutable, shared by any number of scanners on any number of threads.
public final class Rules: Sendable {
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<YR_RULES>
  private let descriptions = Locked<[Rule]?>(nil)
  private let scanners = Locked(0)

  /// Takes ownership of compiled rules.
  init(adopting pointer: UnsafeMutablePointer<YR_RULES>) { self.pointer = pointer }

  deinit { yr_rules_destroy(pointer) }

  /// All rules including private ones, in the order of their text.
  public var rules: [Rule] {
    descriptions.withLock { descriptions in
      if let descriptions { return descriptions }
      let all = (0..<pointer.pointee.num_rules).compactMap { index in
        trawl_yara_rule_at(pointer, index).map { Rule(UnsafePointer($0)) }
      }
      descriptions = all
      return all
    }
  }

  /// Number of rules.
  public var count: Int { Int(pointer.pointee.num_rules) }

  /// Number of strings of all rules; a chain of parts counts once for each.
  public var stringCount: Int { Int(pointer.pointee.num_strings) }

  // MARK: Compiled files

  /// Loads rules compiled earlier by this package or by `yarac`. Load only your own files:
  /// libyara executes a compiled file's code, so a hostile one takes over the process
  /// (VirusTotal/yara#891).
  public convenience init(compiledFile path: String) throws(YaraError) {
    try self.init(data: CompiledFile.read(path), "compiled rules \(path)")
  }

  /// Loads rules from ``serialized()``. The same warning applies.
  public convenience init(serialized bytes: [UInt8]) throws(YaraError) {
    try self.init(data: bytes, "serialized rules")
  }

  private convenience init(data bytes: [UInt8], _ name: String) throws(YaraError) {
    try Library.initialize()
    try CompiledData.check(bytes, "\(name) could not be loaded")
    var loaded: UnsafeMutablePointer<YR_RULES>?
    var unread = bytes[...]
    let status = withUnsafeMutablePointer(to: &unread) { unread in
      var stream = YR_STREAM()
      stream.user_data = UnsafeMutableRawPointer(unread)
      stream.read = { target, size, count, data in
        let unread = data!.assumingMemoryBound(to: ArraySlice<UInt8>.self)
        let whole = size == 0 ? 0 : min(count, unread.pointee.count / size)
        unread.pointee.prefix(whole * size).withUnsafeBytes { piece in
          if let base = piece.baseAddress { target!.copyMemory(from: base, byteCount: piece.count) }
        }
        unread.pointee = unread.pointee.dropFirst(whole * size)
        return whole
      }
      return yr_rules_load_stream(&stream, &loaded)
    }
    try YaraError.check(status, "\(name) could not be loaded")
    guard let loaded else { throw YaraError(.invalidFile, "\(name) are empty") }
    self.init(adopting: loaded)
  }

  /// Compiled form, readable by the same version of libyara. Saving moves libyara's pointers
  /// temporarily, so it throws while scanners of these rules exist.
  public func serialized() throws(YaraError) -> [UInt8] {
    try whileUnused { () throws(YaraError) in
      var bytes = [UInt8]()
      let status = withUnsafeMutablePointer(to: &bytes) { bytes in
        var stream = YR_STREAM()
        stream.user_data = UnsafeMutableRawPointer(bytes)
        stream.write = { source, size, count, data in
          let piece = UnsafeRawBufferPointer(start: source, count: size * count)
          data!.assumingMemoryBound(to: [UInt8].self).pointee.append(contentsOf: piece)
          return count
        }
        return yr_rules_save_stream(pointer, &stream)
      }
      try YaraError.check(status, "rules could not be serialized")
      return bytes
    }
  }

  /// Writes the compiled form to a file, as `yarac` does; `yara -C` reads it.
  public func save(compiledFile path: String) throws(YaraError) {
    // Not yr_rules_save: it does not check whether its writes succeed.
    try CompiledFile.write(serialized(), to: path)
  }

  func whileUnused<Result>(_ body: () throws(YaraError) -> Result) throws(YaraError)
    -> Result
  {
    let outcome: Swift.Result<Result, YaraError> = scanners.withLock { count in
      guard count == 0 else {
        return .failure(
          YaraError(
            .init(rawValue: ERROR_INVALID_ARGUMENT),
            "rules cannot be saved or changed while \(count) scanners use them; do it before"))
      }
      do throws(YaraError) { return .success(try body()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  func addScanner() { scanners.withLock { $0 += 1 } }
  func removeScanner() { scanners.withLock { $0 -= 1 } }

  /// Description of a rule that libyara points to.
  func rule(at address: UnsafePointer<YR_RULE>) -> Rule {
    rules[address - UnsafePointer(pointer.pointee.rules_table)]
  }
}
