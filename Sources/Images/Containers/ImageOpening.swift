import Bytes
import Evidence
import Glibc

/// The opening of one image: which files it has come to, so that none is entered twice, and so that
/// what is known of them survives a failure.
struct ImageOpening {
  /// All files of the image, the one that was named first.
  private(set) var files: [RawPath] = []
  /// Those of them that are nothing but parts of it: not its parents, which are media of their own.
  private(set) var parts: [RawPath] = []
  private var entered: Set<ImageFile.Identity> = []
  private var depth = 0

  /// VMware allows 32 snapshots. Each one is a call inside a call.
  private static let maximumDepth = 64

  /// No image has more parts: a 64 TB disk in extents of 2 GB has 32,000, each an open file.
  private static let maximumFiles = 4096

  /// Opens a file of the image. One that is part of it already would be its own parent.
  mutating func file(_ path: RawPath) throws(ImageError) -> ImageFile {
    let file = try ImageFile(path, mustBeRegular: !files.isEmpty)
    guard entered.insert(file.identity).inserted else {
      throw ImageError(damaged: path, "the image names it as a part of itself")
    }
    guard files.count < Self.maximumFiles else {
      throw ImageError(unsupported: files[0], "it has more than \(Self.maximumFiles) files")
    }
    files.append(path)
    if depth == 0 { parts.append(path) }
    return file
  }

  /// Opens the medium in the file that was named first, whatever container it is.
  mutating func medium(_ path: RawPath) throws(ImageError) -> OpenedMedium {
    try OpenedMedium(try file(path), &self)
  }

  /// Opens the parent of an image, whatever container it is in.
  mutating func parent(_ path: RawPath) throws(ImageError) -> any ImageReader {
    guard depth < Self.maximumDepth else {
      throw ImageError(
        unsupported: files[0], "it has more than \(Self.maximumDepth) parents one above the other")
    }
    depth += 1
    defer { depth -= 1 }
    return try medium(path).reader
  }

  /// Opens the parent of a differencing disk by one of its names: the file that `isParent`. Another disk of the
  /// same name would give content that never was.
  mutating func parent(
    named names: [[UInt8]], by file: RawPath, _ isParent: (ImageFile) -> Bool
  ) throws(ImageError) -> any ImageReader {
    let places = names.flatMap { NamedFile.places(of: $0, namedBy: file) }
    var other: RawPath?
    for place in places where NamedFile.exists(place) {
      if isParent(try ImageFile(place, mustBeRegular: true)) { return try parent(place) }
      other = place
    }
    if let other {
      throw ImageError(
        "\(file.shown): its parent is missing: \(other.shown) is another disk; put the parent"
          + " beside the image")
    }
    throw NamedFile.missing(
      names.first ?? Array("(without a name)".utf8), namedBy: file, role: "its parent")
  }

  /// Opens a parent that is the medium as it is, whatever its bytes look like.
  mutating func rawParent(_ path: RawPath) throws(ImageError) -> any ImageReader {
    depth += 1
    defer { depth -= 1 }
    return RawFile(try file(path))
  }
}

/// Where the files that an image names are looked for: by their relative name, and beside the file that
/// names them. An absolute name is another machine's, or an attempt to have us read what is not evidence.
enum NamedFile {
  /// The existing file that `name` leads to from `file`; `role` says what it is, as in `its parent`.
  static func find(_ name: [UInt8], namedBy file: RawPath, role: String) throws(ImageError)
    -> RawPath
  {
    let candidates = places(of: name, namedBy: file)
    if let found = candidates.first(where: exists) { return found }
    throw missing(name, namedBy: file, role: role)
  }

  /// What to say of a file that cannot be found.
  static func missing(_ name: [UInt8], namedBy file: RawPath, role: String) -> ImageError {
    ImageError(
      "\(file.shown): \(role) \(RawPath(name).shown) is missing; put it, or a link to it, beside the"
        + " image")
  }

  /// Where a file of that name may be, the most likely place first; a backslash separates, too.
  static func places(of name: [UInt8], namedBy file: RawPath) -> [RawPath] {
    let isWindows = name.contains(UInt8(ascii: "\\")) && !name.contains(UInt8(ascii: "/"))
    let path = RawPath(
      isWindows ? name.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 } : name)
    let last = path.lastComponent
    guard !name.isEmpty, name.count <= 4096, !name.contains(0), !last.bytes.isEmpty,
      last != ".", last != ".."
    else { return [] }
    let folder = file.parent
    let isAbsolute =
      path.bytes.first == UInt8(ascii: "/")
      || path.bytes.count > 1 && path.bytes[1] == UInt8(ascii: ":")
    return isAbsolute || last == path
      ? [folder.appending(last)] : [folder.appending(path), folder.appending(last)]
  }

  static func exists(_ path: RawPath) -> Bool {
    path.withCString { access($0, F_OK) == 0 } ?? false
  }
}
