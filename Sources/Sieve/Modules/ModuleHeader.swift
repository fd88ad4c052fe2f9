/// The first bytes without which a module defines nothing.
enum Header: UInt8, Hashable, Sendable {
  /// No header: the module defines values for every item.
  case none
  case portableExecutable
  /// A portable executable with certificates.
  case signedPortableExecutable
  case elf
  case machO
  /// A Mach-O file or one of several architectures.
  case machOOrUniversal
}
