internal import CYara

/// Bytes that a module is given beside the item, such as a report for `cuckoo`. libyara keeps a pointer
/// to them while it scans, so that they stay in place.
public final class ModuleData: Sendable {
  /// The name of the module.
  public let module: String
  /// Never written to after `init`.
  nonisolated(unsafe) private let bytes: UnsafeMutableRawBufferPointer

  /// Data for `module`.
  public init(module: String, bytes: [UInt8]) {
    self.module = module
    self.bytes = .allocate(byteCount: bytes.count, alignment: 1)
    self.bytes.copyBytes(from: bytes)
  }

  deinit { bytes.deallocate() }

  /// Answers libyara's question for the data of a module.
  func give(to request: UnsafeMutablePointer<YR_MODULE_IMPORT>) {
    request.pointee.module_data = bytes.baseAddress
    request.pointee.module_data_size = bytes.count
  }
}

extension ModuleData: Hashable {
  /// Whether both are the same object.
  public static func == (left: ModuleData, right: ModuleData) -> Bool { left === right }

  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
