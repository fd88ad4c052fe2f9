import Bytes
internal import CSleuthKit
import Evidence

/// Boot sectors and tables of FAT and exFAT, which TSK parses.
enum FatAreas {
  /// Byte runs in the image; none if a volume has no such boot sector. Sources: Microsoft, "FAT32
  /// File System Specification", BPB; "exFAT file system specification", main boot sector.
  static func tables(_ fileSystem: TSK_FS_INFO, at start: UInt64) -> [Run] {
    var sector = [UInt8](repeating: 0, count: 512)
    let count = sector.withUnsafeMutableBytes { buffer in
      tsk_img_read(
        fileSystem.img_info, TSK_OFF_T(clamping: start),
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    return sector.withUnsafeBytes { boot in
      guard count == boot.count, boot.little(510) as UInt16? == 0xAA55 else { return [] }
      if boot[3..<11].elementsEqual("EXFAT   ".utf8) {
        guard let place: UInt32 = boot.little(80), let length: UInt32 = boot.little(84),
          (9...12).contains(boot[108]), (1...2).contains(boot[110])
        else { return [] }
        let size = UInt64(1) << UInt64(boot[108])
        return [
          Run(offset: start, length: 12 * size),
          Run(
            offset: start &+ UInt64(place) * size,
            length: UInt64(length) * UInt64(boot[110]) * size),
        ]
      }
      guard let size: UInt16 = boot.little(11), [512, 1024, 2048, 4096].contains(size),
        boot[0] == 0xEB || boot[0] == 0xE9, let reserved: UInt16 = boot.little(14),
        (1...2).contains(boot[16]), let short: UInt16 = boot.little(22),
        let long: UInt32 = boot.little(36)
      else { return [] }
      let length = UInt64(short == 0 ? long : UInt32(short)) * UInt64(boot[16])
      return [
        Run(offset: start, length: UInt64(size)),
        Run(offset: start &+ UInt64(reserved) * UInt64(size), length: length * UInt64(size)),
      ]
    }
  }
}
