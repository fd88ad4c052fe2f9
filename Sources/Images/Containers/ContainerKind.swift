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
  case aff = "AFF"
  case aff4 = "AFF4"
}
