/// The containers of disk images that are known by their magic.
enum ContainerKind: String, Hashable, Sendable {
  case ewf = "EWF (E01)"
  case ewf2 = "EWF (Ex01)"
  case logicalEWF = "EWF (L01)"
  case qcow = "QCOW"
  case vmdk = "VMDK"
  case vhd = "VHD"
  case vhdx = "VHDX"
  case vdi = "VDI"
  case parallels = "Parallels"
  case udif = "Apple disk image (UDIF)"
  case sparseImage = "Apple sparse image"
  case sparseBundle = "Apple sparse bundle"
  case aff = "AFF"
  case aff4 = "AFF4"

  /// What to do with one that is recognised and not read; nil if it is read.
  var remedy: String? {
    switch self {
    case .ewf2: "export it as E01 or raw with the tool that made it"
    case .logicalEWF: "it holds files and no disk: extract them with the tool that made it"
    case .sparseImage, .sparseBundle:
      "convert it on a Mac with hdiutil convert -format UDTO, or attach it there and image the device"
    default: nil
    }
  }
}
