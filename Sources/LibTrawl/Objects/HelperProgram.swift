import Bytes
import CTrawl
import Images
import Locks

/// The program that parses file systems for this process.
enum HelperProgram {
  /// Whether the host serves as one: then it is started once more.
  private static let isOwn = Locked(false)

  /// Serves as a helper and exits, if this process was started as one.
  static func runIfRequested() {
    isOwn.withLock { $0 = true }
    guard ImageHelper.isRequested else { return }
    Stacks.run { ImageHelper.runIfRequested() }
  }

  /// Command that starts the helper: the program that the options name, the host, or the installed
  /// one; nil if there is none.
  static func command(_ named: RawPath?) -> [RawPath]? {
    if let named { return [named, RawPath(ImageHelper.argument)] }
    if isOwn.withLock({ $0 }) { return ImageHelper.ownCommand }
    return installed.map { [$0, RawPath(ImageHelper.argument)] }
  }

  /// Path of the program of ``command(_:)``, for the life of the process.
  static var path: UnsafePointer<CChar>? {
    isOwn.withLock { $0 } ? own.text.data : installedText?.text.data
  }

  /// A text that lives as long as the process.
  private struct Kept: @unchecked Sendable {
    private let arena = Arena()
    let text: trawl_text

    init(_ path: RawPath) { text = arena.text(path) }
  }
  private static let own = Kept(ImageHelper.ownCommand[0])
  private static let installedText = installed.map(Kept.init)

  /// `libexec/trawl/trawl-helper`, beside the folder of the library or of a folder above it:
  /// Debian has libraries in `lib/x86_64-linux-gnu`.
  private static let installed: RawPath? = {
    guard let library = c_trawl_library_path() else { return nil }
    var folder = RawPath(cString: library).resolved?.parent
    for _ in 0..<2 {
      folder = folder?.parent
      let program = folder?.appending("libexec/trawl/trawl-helper")
      if let found = program?.resolved { return found }
    }
    return nil
  }()
}

extension RawPath {
  /// Copies the bytes of a C string.
  init(cString text: UnsafePointer<CChar>) {
    var end = text
    while end.pointee != 0 { end += 1 }
    self.init(Array(UnsafeRawBufferPointer(start: text, count: end - text)))
  }
}
