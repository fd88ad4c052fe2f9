/// The second version of EnCase's format, Ex01.
enum Ewf2: UnreadFormat {
  static var formatName: String { "EWF (Ex01)" }
  static var remedy: String { "export it as E01 or raw with the tool that made it" }

  /// Source: libewf, "Expert Witness Compression Format 2".
  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "EVF2\u{0D}\u{0A}")
  }
}

/// EnCase's format for files without a disk, L01.
enum LogicalEwf: UnreadFormat {
  static var formatName: String { "EWF (L01)" }
  static var remedy: String {
    "it holds files, not a disk: extract them with the tool that made it"
  }

  /// Source: libewf, "Expert Witness Compression Format".
  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "LVF\u{09}\u{0D}\u{0A}")
  }
}

/// An Apple sparse image: its blocks lie in the order in which they were written.
enum SparseImage: UnreadFormat {
  static var formatName: String { "Apple sparse image" }
  static var remedy: String { SparseBundle.remedy }

  /// Source: libmodi, "Mac OS disk image formats", sparse disk image.
  static func recognises(_ file: FormatProbe) -> Bool { file.begins(with: "sprs") }
}
