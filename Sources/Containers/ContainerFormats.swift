/// The container formats of disk images.
package enum ContainerFormats {
  /// All formats, in the order in which they are recognised: those with a mark at their beginning,
  /// then those that only their end gives away. A new format is a line here, and a type beside the
  /// others.
  static let all: [any ContainerFormat.Type] = [
    EwfImage.self, Ewf2.self, LogicalEwf.self, VmdkImage.self, VhdxImage.self, QcowImage.self,
    VdiImage.self, ParallelsImage.self, AffImage.self, SparseImage.self, SparseBundle.self,
    Aff4Image.self, VhdImage.self, UdifImage.self, CdImage.self,
  ]

  /// The format of a file; nil if it is not a container.
  static func format(of file: any Medium) throws(ImageError) -> (any ContainerFormat.Type)? {
    try FormatProbe(file).format(among: all)
  }

  /// Name of the format of a file, such as `VMDK`; nil if it is not a container.
  package static func name(of file: any Medium) throws(ImageError) -> String? {
    try format(of: file)?.formatName
  }
}
