internal import CYara

/// Additional input of a module beside the item, such as a report for `cuckoo`. libyara keeps a
/// pointer to the bytes while it scans, so their address is fixed.
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

  /// Answers libyara's request for the data of a module.
  func give(to request: UnsafeMutablePointer<YR_MODULE_IMPORT>) {
    request.pointee.module_data = bytes.baseAddress
    request.pointee.module_data_size = bytes.count
  }
}

extension ModuleData: Hashable {
  /// Compares identities.
  public static func == (left: ModuleData, right: ModuleData) -> Bool { left === right }

  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
