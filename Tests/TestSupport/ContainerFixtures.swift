import Foundation

/// Containers of the disk of ``ImageFixture``, made by qemu-img, ewfacquire and affconvert;
/// AFF4 and UDIF by our own scripts with the reference libraries of their compressions.
package enum ContainerFixtures {
  /// A container format, and the tool that makes it.
  package struct Format: Sendable, CustomStringConvertible {
    package let name: String
    package let arguments: [String]
    /// Description of the container, without its recognised content.
    package let words: String

    fileprivate let tool: Tool

    package var description: String { name }

    fileprivate init(
      _ name: String, _ arguments: [String], _ words: String, tool: Tool = .qemu
    ) {
      self.tool = tool
      self.name = name
      self.arguments = arguments
      self.words = words
    }
  }

  fileprivate enum Tool {
    /// The arguments are those of `qemu-img convert -O`.
    case qemu
    /// The arguments are the format and the compression.
    case ewfacquire
    /// The arguments are those of affconvert.
    case affconvert
    /// The arguments are those of `Tests/Fixtures/aff4/make.py`.
    case aff4
    /// The argument is the compression for `Tests/Fixtures/udif/make.py`.
    case udif
  }

  /// All containers that can be made here and read.
  package static let formats = [
    Format("v3.qcow2", ["qcow2"], "QCOW2"),
    Format("v2.qcow2", ["qcow2", "-o", "compat=0.10"], "QCOW2"),
    Format("compressed.qcow2", ["qcow2", "-c"], "QCOW2"),
    Format("compressed-2m.qcow2", ["qcow2", "-c", "-o", "cluster_size=2M"], "QCOW2"),
    Format("zstd.qcow2", ["qcow2", "-c", "-o", "compression_type=zstd"], "QCOW2"),
    Format(
      "zstd-2m.qcow2", ["qcow2", "-c", "-o", "compression_type=zstd,cluster_size=2M"], "QCOW2"),
    Format("small-clusters.qcow2", ["qcow2", "-o", "cluster_size=512"], "QCOW2"),
    Format("subclusters.qcow2", ["qcow2", "-o", "extended_l2=on,cluster_size=128k"], "QCOW2"),
    Format("v1.qcow", ["qcow"], "QCOW"),
    Format("v1-compressed.qcow", ["qcow", "-c"], "QCOW"),
    Format("sparse.vmdk", ["vmdk"], "VMDK (sparse)"),
    Format("flat.vmdk", ["vmdk", "-o", "subformat=monolithicFlat"], "VMDK (flat)"),
    Format(
      "extents-sparse.vmdk", ["vmdk", "-o", "subformat=twoGbMaxExtentSparse"],
      "VMDK (sparse, in several extents)"),
    Format(
      "extents-flat.vmdk", ["vmdk", "-o", "subformat=twoGbMaxExtentFlat"],
      "VMDK (flat, in several extents)"),
    Format(
      "stream.vmdk", ["vmdk", "-o", "subformat=streamOptimized"], "VMDK (stream-optimised)"),
    Format("dynamic.vhd", ["vpc", "-o", "force_size=on"], "VHD (dynamic)"),
    Format("fixed.vhd", ["vpc", "-o", "subformat=fixed,force_size=on"], "VHD (fixed)"),
    Format("dynamic.vhdx", ["vhdx"], "VHDX (dynamic)"),
    Format("small-blocks.vhdx", ["vhdx", "-o", "block_size=1M"], "VHDX (dynamic)"),
    Format("fixed.vhdx", ["vhdx", "-o", "subformat=fixed"], "VHDX (fixed)"),
    Format("fast.E01", ["encase6", "deflate:fast"], "EWF", tool: .ewfacquire),
    Format("plain.E01", ["ftk", "none"], "EWF", tool: .ewfacquire),
    Format("deflated.aff", [], "AFF", tool: .affconvert),
    Format("small-pages.aff", ["-s64k"], "AFF", tool: .affconvert),
    Format("plain.aff", ["-x", "-s1m"], "AFF", tool: .affconvert),
    Format("snappy.aff4", ["--method", "snappy"], "AFF4", tool: .aff4),
    Format(
      "lz4.aff4", ["--method", "lz4", "--chunk", "4096", "--per-segment", "64", "--zip64"], "AFF4",
      tool: .aff4),
    Format(
      "zlib.aff4", ["--method", "zlib", "--layout", "stream", "--plain"], "AFF4", tool: .aff4),
    Format("stored.aff4", ["--method", "stored"], "AFF4", tool: .aff4),
    Format("bzip2.dmg", ["bzip2"], "Apple disk image (UDIF)", tool: .udif),
    Format("lzma.dmg", ["lzma"], "Apple disk image (UDIF)", tool: .udif),
    Format("dynamic.vdi", ["vdi"], "VDI (dynamic)"),
    Format("fixed.vdi", ["vdi", "-o", "static=on"], "VDI (fixed)"),
    Format("disk.hds", ["parallels"], "Parallels"),
    Format("small-clusters.hds", ["parallels", "-o", "cluster_size=64k"], "Parallels"),
  ]

  /// Converts the raw image `source` to a container in `folder`; returns its path.
  package static func make(_ format: Format, of source: String, in folder: String) throws -> String
  {
    let path = folder + "/" + format.name
    if format.tool == .ewfacquire {
      let stem = String(path.dropLast(4))
      try run(
        "ewfacquire",
        [
          "-u", "-q", "-f", format.arguments[0], "-c", format.arguments[1], "-S", "4GiB", "-t",
          stem,
          source,
        ])
      return path
    }
    if format.tool == .affconvert {
      // affconvert treats a file as raw only if its name says so.
      let link = folder + "/source.raw"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source)
      defer { try? FileManager.default.removeItem(atPath: link) }
      try run("affconvert", ["-q", "-o", path] + format.arguments + [link])
      return path
    }
    if format.tool == .udif {
      try run(
        "/usr/bin/python3",
        [Fixtures.package + "/Tests/Fixtures/udif/make.py", source, path] + format.arguments)
      return path
    }
    if format.tool == .aff4 {
      try makeAFF4(of: source, at: path, format.arguments)
      return path
    }
    do {
      try run("qemu-img", ["convert", "-f", "raw", "-O"] + format.arguments + [source, path])
    } catch let failure as Failure where failure.says == "" {
      // qemu 7.2 exits with 1, without a message, after writing all of a compressed QCOW 1.
    }
    return path
  }

  /// Makes an AFF4 container of a raw image. Debian's Python has the libraries of the compressions.
  package static func makeAFF4(of source: String, at path: String, _ arguments: [String]) throws {
    try run(
      "/usr/bin/python3",
      [Fixtures.package + "/Tests/Fixtures/aff4/make.py", source, path] + arguments)
  }

  /// Runs a tool; its failure fails the test.
  package static func run(_ program: String, _ arguments: [String]) throws {
    let result = try Subprocess.run(program, arguments)
    guard result.status == 0 else { throw Failure(program: program, says: result.errors) }
  }

  private struct Failure: Error, CustomStringConvertible {
    let program: String
    let says: String
    var description: String { "\(program): \(says)" }
  }
}
