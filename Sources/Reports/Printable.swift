import Bytes

/// Text from evidence, made safe for a terminal: no control character reaches it.
public enum Printable {
  /// The text as it is, or with escapes if it holds control characters.
  public static func text(_ text: String) -> String {
    // A path shown for people has the same needs, except that a backslash is not an escape here.
    text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
      ? RawPath(text).shown : text
  }
}
