/// The signatures that are built in: the files of `signatures/`, joined by `scripts/embed`.
public enum Catalogue {
  /// All rules as one text that libyara and `yara` compile.
  public static var text: String {
    EmbeddedSignatures.text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
  }
}
