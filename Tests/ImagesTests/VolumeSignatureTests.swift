import Bytes
import Evidence
import Foundation
import Images
import TestSupport
import Testing
import Volumes

/// Formats that no tool here makes, built from their documented layout.
@Suite struct VolumeSignatureTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func volume(_ parts: [(offset: Int, bytes: [UInt8])], size: Int = 2 << 20) throws
    -> ImageVolume
  {
    var bytes = [UInt8](repeating: 0, count: size)
    for part in parts {
      bytes.replaceSubrange(part.offset..<part.offset + part.bytes.count, with: part.bytes)
    }
    // They need no helper: a command that opens no file system replaces it.
    var options = ImageSource.Options()
    options.helper = [
      "/usr/bin/env", "python3",
      RawPath(Fixtures.package + "/Tests/Fixtures/images/lying-helper.py"), "no-file-system",
    ]
    let image = try folder.write(bytes, to: "image")
    return try #require(try ImageDescription(RawPath(image), options: options).volumes.first)
  }

  private static let formats:
    [(name: String, parts: [(offset: Int, bytes: [UInt8])], reason: ItemProblem.Reason)] = [
      ("BitLocker", [(3, Array("-FVE-FS-".utf8))], .encrypted),
      ("ReFS", [(3, Array("ReFS\0\0\0\0FSRS".utf8))], .unsupported),
      (
        "LUKS2 (its first header is gone)",
        [(0x8000, Array("SKUL".utf8) + [0xBA, 0xBE, 0, 2])], .encrypted
      ),
      (
        "LVM2 physical volume", [(1024, Array("LABELONE".utf8)), (1048, Array("LVM2 001".utf8))],
        .unsupported
      ),
      ("ZFS pool member", [(0x21000, [0x0C, 0xB1, 0xBA, 0, 0, 0, 0, 0])], .unsupported),
      ("ZFS pool member", [(0x60400, [0, 0, 0, 0, 0, 0xBA, 0xB1, 0x0C])], .unsupported),
      (
        "bcachefs",
        [
          (
            4120,
            [
              0xC6, 0x85, 0x73, 0xF6, 0x66, 0xCE, 0x90, 0xA9, 0xD9, 0x6A, 0x60, 0xCF, 0x80, 0x3D,
              0xF7, 0xEF,
            ]
          )
        ], .unsupported
      ),
      (
        "CoreStorage (FileVault 2 or Fusion Drive)",
        [(8, [1, 0, 0x10, 0]), (88, Array("CS".utf8))], .encrypted
      ),
      ("Storage Spaces pool member", [(0, Array("SPACEDB ".utf8))], .unsupported),
      ("VMFS", [(1 << 20, [0x0D, 0xD0, 0x01, 0xC0])], .unsupported),
      ("UDF", [(34817, Array("NSR02".utf8))], .unsupported),
    ]

  @Test(arguments: formats.indices)
  func aFormatIsToldByItsLayout(_ index: Int) throws {
    let format = Self.formats[index]
    let volume = try volume(format.parts)
    #expect(volume.volume.type == format.name)
    #expect(volume.problem?.reason == format.reason)
    #expect(volume.problem?.message.contains("not parsed") == true)
    #expect(volume.volume.length == 2 << 20)
  }

  @Test func aMagicAloneIsNotEnoughWhereItIsShort() throws {
    let strays: [[(offset: Int, bytes: [UInt8])]] = [
      // A label of something else, LUKS of an unknown version, a RAID superblock with a different
      // position in it, a block of another type.
      [(512, Array("LABELONE".utf8))], [(0, Array("LUKS".utf8) + [0xBA, 0xBE, 0, 9])],
      [(4096, [0xFC, 0x4E, 0x2B, 0xA9, 1, 0, 0, 0]), (4096 + 144, [9])],
      [(8, [1, 0, 0x11, 0]), (88, Array("CS".utf8))], [],
    ]
    for stray in strays {
      let volume = try volume(stray)
      #expect(volume.volume.type == "unknown")
      #expect(volume.problem?.reason == .unsupported)
    }
  }

  // MARK: Shadow copies

  private static let identifier: [UInt8] = [
    0x6B, 0x87, 0x08, 0x38, 0x76, 0xC1, 0x48, 0x4E, 0xB7, 0xAE, 0x04, 0x04, 0x6E, 0x6C, 0xC7, 0x52,
  ]

  private func little(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) }
  }

  private func block(_ type: UInt8, next: Int = 0) -> [UInt8] {
    Self.identifier + [1, 0, 0, 0, type, 0, 0, 0] + little(0) + little(0) + little(next)
  }

  /// A volume that looks like NTFS, with a catalog at 1 MiB.
  private func omissions(_ catalog: [(offset: Int, bytes: [UInt8])], header: Int = 1 << 20) throws
    -> [ItemProblem]
  {
    var bytes = [UInt8](repeating: 0, count: 2 << 20)
    var head = block(1)
    head += little(header)
    for part in [(offset: 0x1E00, bytes: head)] + catalog {
      bytes.replaceSubrange(part.offset..<part.offset + part.bytes.count, with: part.bytes)
    }
    var options = ImageSource.Options()
    options.helper = [
      "/usr/bin/env", "python3",
      RawPath(Fixtures.package + "/Tests/Fixtures/images/lying-helper.py"), "ntfs",
    ]
    let image = try folder.write(bytes, to: "image")
    let volume = try #require(
      try ImageDescription(RawPath(image), options: options).volumes.first)
    #expect(volume.problem == nil)
    return volume.omissions
  }

  @Test func shadowCopiesAreCountedByTheirEntriesInAChainOfBlocks() throws {
    let start = 1 << 20
    #expect(try omissions([], header: 0).isEmpty, "no catalog")
    #expect(try omissions([]).isEmpty, "a place where none is")
    #expect(try omissions([], header: .max).isEmpty, "a place outside of the volume")
    #expect(try omissions([(start, block(2)), (start + 128, little(1))]).isEmpty, "unused entries")
    let one = try omissions([(start, block(2)), (start + 128, little(2)), (start + 256, little(3))])
    #expect(one.map(\.reason) == [.unsupported])
    #expect(one.first?.message.hasPrefix("1 shadow copy") == true)
    let chain = try omissions([
      (start, block(2, next: start + 0x4000)), (start + 0x3F80, little(2)),
      (start + 0x4000, block(2)), (start + 0x4080, little(2)),
    ])
    #expect(chain.first?.message.hasPrefix("2 shadow copies") == true)
    // A cyclic chain ends.
    let loop = try omissions([(start, block(2, next: start)), (start + 128, little(2))])
    #expect(loop.first?.message.hasPrefix("1 shadow copy") == true)
  }
}
