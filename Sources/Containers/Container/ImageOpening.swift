import Bytes
import Evidence
import Glibc

/// State while one image is opened: the files reached so far, so that none is entered twice,
/// and so that they are known after a failure.
struct ImageOpening {
  /// All files of the image, the named one first.
  private(set) var files: [RawPath] = []
  /// Files that are only parts of the image; not its parents, which are separate media.
  private(set) var parts: [RawPath] = []
  private var entered: Set<ImageFile.Identity> = []
  private var depth = 0
  /// Formats in which a file may be.
  private let formats: [any ContainerFormat.Type]

  init(_ formats: [any ContainerFormat.Type]) { self.formats = formats }

  /// Begins with a file that no other file is beside.
  init(_ formats: [any ContainerFormat.Type], alone file: ImageFile) {
    self.formats = formats
    files = [file.path]
    entered = [file.identity]
  }

  /// Limit of nested parents, each of which is a nested call; VMware allows 32 snapshots.
  private static let maximumDepth = 64

  /// Limit of files. A 64 TB disk in extents of 2 GB would have 32,000, each an open file.
  private static let maximumFiles = 4096

  /// Opens a file of the image. A file that is already part of it would be its own parent.
  mutating func file(_ path: RawPath) throws(ImageError) -> ImageFile {
    let file = try ImageFile(path, mustBeRegular: !files.isEmpty)
    guard entered.insert(file.identity).inserted else {
      throw ImageError(damaged: path, "the image lists it twice, as a part of itself")
    }
    guard files.count < Self.maximumFiles else {
      throw ImageError(unsupported: files[0], "more than \(Self.maximumFiles) files")
    }
    files.append(path)
    if depth == 0 { parts.append(path) }
    return file
  }

  /// Opens the medium in the named file, in any container.
  mutating func medium(_ path: RawPath) throws(ImageError) -> OpenedMedium {
    try medium(in: try file(path))
  }

  /// Opens the medium in a file, in any container.
  mutating func medium(in file: ImageFile) throws(ImageError) -> OpenedMedium {
    let raw = RawFile(file)
    // A file that is not a container is the medium itself.
    guard let format = try FormatProbe(raw).format(among: formats) else {
      return OpenedMedium(raw, "raw")
    }
    return try format.open(file, &self)
  }

  /// Opens the parent of an image, in any container.
  mutating func parent(_ path: RawPath) throws(ImageError) -> any Medium {
    guard depth < Self.maximumDepth else {
      throw ImageError(
        unsupported: files[0], "a chain of more than \(Self.maximumDepth) parents")
    }
    depth += 1
    defer { depth -= 1 }
    return try medium(path).medium
  }

  /// Opens the parent of a differencing disk by one of its names: the file that satisfies
  /// `isParent`. Another disk with the same name would produce content that never existed.
  mutating func parent(
    named names: [[UInt8]], by file: RawPath, _ isParent: (ImageFile) -> Bool
  ) throws(ImageError) -> any Medium {
    let places = names.flatMap { NamedFile.places(of: $0, namedBy: file) }
    var other: RawPath?
    for place in places where NamedFile.exists(place) {
      if isParent(try ImageFile(place, mustBeRegular: true)) { return try parent(place) }
      other = place
    }
    if let other {
      throw ImageError(
        "\(file.shown): its parent is missing: \(other.shown) is another disk; put the right"
          + " parent beside the image")
    }
    throw NamedFile.missing(
      names.first ?? Array("(without a name)".utf8), namedBy: file, role: "its parent")
  }

  /// Opens a raw parent, whatever container its bytes look like.
  mutating func rawParent(_ path: RawPath) throws(ImageError) -> any Medium {
    depth += 1
    defer { depth -= 1 }
    return RawFile(try file(path))
  }
}

/// Finds files that an image names: by their relative name, and beside the file that names
/// them. An absolute name is that of another machine, or an attempt to make us read files
/// outside the evidence.
enum NamedFile {
  /// Finds the existing file that `name` denotes relative to `file`; `role` describes it, as in
  /// `its parent`.
  static func find(_ name: [UInt8], namedBy file: RawPath, role: String) throws(ImageError)
    -> RawPath
  {
    let candidates = places(of: name, namedBy: file)
    if let found = candidates.first(where: exists) { return found }
    throw missing(name, namedBy: file, role: role)
  }

  /// Error for a file that cannot be found.
  static func missing(_ name: [UInt8], namedBy file: RawPath, role: String) -> ImageError {
    guard !ImageFile.isAlone(file) else {
      return ImageError(alone: file, needs: "\(role) \(RawPath(name).shown)")
    }
    return ImageError(
      "\(file.shown): \(role) \(RawPath(name).shown) is missing; put it, or a link to it, beside the"
        + " image")
  }

  /// Possible paths of a file with that name, the most likely first; a backslash separates
  /// components, too.
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

extension ImageError {
  /// Error for an image inside of other evidence that needs a further file.
  init(alone path: RawPath, needs what: String) {
    self.init(
      "\(path.shown): it needs \(what), which is another file; copy both out of the evidence, and scan it as a"
        + " target of its own (--as image)", .unsupported)
  }
}
