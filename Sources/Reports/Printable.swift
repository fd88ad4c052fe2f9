import Bytes

/// Text from evidence, made safe for a terminal: no character that controls it or
/// reorders text reaches it.
public enum Printable {
  /// Returns the text unchanged, or with escapes if it contains control characters.
  public static func text(_ text: String) -> String {
    if text.utf8.allSatisfy(\.isPlainASCII) { return text }
    // Paths shown to people need the same, except that a backslash is not an escape here.
    return text.unicodeScalars.contains(where: \.affectsDisplay) ? RawPath(text).shown : text
  }
}
