import Bytes
import Evidence

/// A container format of disk images: how it is called, recognised and opened.
protocol ContainerFormat: Sendable {
  /// Display name, such as `VMDK`.
  static var formatName: String { get }

  /// Whether a file is one, by its bytes alone.
  static func recognises(_ file: FormatProbe) throws(ImageError) -> Bool

  /// Opens the medium in a file that was recognised.
  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
}

/// A medium in a file, regardless of its container.
struct OpenedMedium {
  let medium: any Medium
  /// Description of the container, such as `QCOW2` or `VMDK (stream-optimised)`.
  let words: String

  init(_ medium: any Medium, _ words: String) {
    self.medium = medium
    self.words = words
  }
}

/// A format that is recognised and not read: scanned as a file, its disk would seem clean.
protocol UnreadFormat: ContainerFormat {
  /// Remedy that makes its content readable.
  static var remedy: String { get }
}

extension UnreadFormat {
  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    throw refusal(of: file.path)
  }

  /// The error for a file of the format.
  static func refusal(of path: RawPath) -> ImageError {
    ImageError("\(path.shown): \(formatName): not supported; \(remedy)", .unsupported)
  }
}

/// The bytes by which a file shows its format.
struct FormatProbe {
  let file: any Medium
  private let head: [UInt8]

  /// Reads the beginning of a file.
  init(_ file: any Medium) throws(ImageError) {
    self.file = file
    head = try file.bytes(at: 0, count: 4096)
  }

  /// The first of some formats that recognises the file; nil if none does.
  func format(among formats: [any ContainerFormat.Type]) throws(ImageError)
    -> (any ContainerFormat.Type)?
  {
    for format in formats where try format.recognises(self) { return format }
    return nil
  }

  /// Whether one of some magics, texts of code points up to U+00FF, is at `offset`, in the first
  /// 4096 bytes.
  func begins(with magics: String..., at offset: Int = 0) -> Bool {
    magics.contains { head.holds($0, at: offset) }
  }

  /// Whether a text is anywhere in the first 4096 bytes.
  func contains(_ text: String) -> Bool { head.contains(text) }

  /// Whether the last 512 bytes begin with a magic, or have it behind `slip` bytes.
  func ends(with magic: String, slip: Int = 0) throws(ImageError) -> Bool {
    guard file.size >= 512 else { return false }
    let tail = try file.bytes(at: file.size - 512, count: 512)
    return tail.holds(magic, at: 0) || slip > 0 && tail.holds(magic, at: slip)
  }
}

extension [UInt8] {
  /// Whether the text occurs anywhere.
  func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return indices.contains { index in
      self[index] == wanted[0] && self[index...].starts(with: wanted)
    }
  }
}
