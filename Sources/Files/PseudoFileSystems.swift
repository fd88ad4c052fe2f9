import Bytes
internal import CHost

/// File systems that hold no evidence: the kernel generates their content, some of it endless.
struct PseudoFileSystems {
  /// Devices of devtmpfs, which statfs(2) does not distinguish from other tmpfs.
  private let deviceFileSystems: Set<UInt64>

  /// Reads the mount table of this process, if there is one.
  init() { deviceFileSystems = Self.devtmpfsDevices(MountTable.lines) }

  /// Whether the directory open as `descriptor`, on `device`, is in such a file system.
  func contain(_ descriptor: borrowing Descriptor, device: UInt64) -> Bool {
    if deviceFileSystems.contains(device) { return true }
    return Self.types.contains(
      UInt32(truncatingIfNeeded: c_system_file_system_type(descriptor.number)))
  }

  /// f_type values of linux/magic.h.
  private static let types: Set<UInt32> = [
    0x9FA0,  // proc
    0x6265_6572,  // sysfs
    0x0027_E0EB, 0x6367_7270,  // cgroup, cgroup2
    0x6462_6720, 0x7472_6163,  // debugfs, tracefs
    0x7363_6673, 0xF97C_FF8C,  // securityfs, selinuxfs
    0xCAFE_4A11, 0x6165_676C,  // bpf, pstore
    0xDE5E_81E4, 0x1980_0202,  // efivarfs, mqueue
    0x9584_58F6, 0x1CD1,  // hugetlbfs, devpts
    0x6265_6570, 0x6573_5543,  // configfs, fusectl
    0x4249_4E4D, 0x0187,  // binfmt_misc, autofs
    0x6759_6969, 0x6E73_6673,  // rpc_pipefs, nsfs
    0x5044_4D43, 0x6E66_7364,  // dmabuf, nfsd
  ]

  private static func devtmpfsDevices(_ mounts: [MountTable.Line]) -> Set<UInt64> {
    var devices = Set<UInt64>()
    for mount in mounts where mount.type.elementsEqual("devtmpfs".utf8) {
      let numbers = mount.device.split(separator: UInt8(ascii: ":")).compactMap {
        UInt64(String(decoding: $0, as: UTF8.self))
      }
      if numbers.count == 2 { devices.insert(deviceNumber(numbers[0], numbers[1])) }
    }
    return devices
  }

  /// gnu_dev_makedev of sys/sysmacros.h.
  private static func deviceNumber(_ major: UInt64, _ minor: UInt64) -> UInt64 {
    (major & 0xFFFF_F000) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFF_FF00) << 12 | minor & 0xFF
  }
}
