internal import CArchive
import Evidence
import Glibc

/// One pass of libarchive over an archive, in a helper.
final class LibArchive: ArchivePass {
  private let archive: OpaquePointer
  private let bytes: ArchiveBytes
  private var entry: OpaquePointer?

  /// Version of the library.
  static let version = String(cString: archive_version_string()).replacing("libarchive ", with: "")

  /// Opens an archive for the readers of its kind alone: the parent has recognised it.
  init(_ kind: ArchiveKind, _ bytes: ArchiveBytes) throws(ItemProblem) {
    guard let archive = archive_read_new() else {
      throw ItemProblem(.unreadable, "libarchive has no memory")
    }
    self.archive = archive
    self.bytes = bytes
    Self.support(kind, archive)
    archive_read_set_callback_data(archive, Unmanaged.passUnretained(bytes).toOpaque())
    archive_read_set_read_callback(archive) { _, context, buffer in
      guard let context, let buffer else { return -1 }
      guard let piece = Unmanaged<ArchiveBytes>.fromOpaque(context).takeUnretainedValue().next()
      else { return -1 }
      buffer.pointee = piece.baseAddress
      return piece.count
    }
    archive_read_set_skip_callback(archive) { _, context, count in
      guard let context else { return 0 }
      return la_int64_t(
        Unmanaged<ArchiveBytes>.fromOpaque(context).takeUnretainedValue().skip(Int64(count)))
    }
    archive_read_set_seek_callback(archive) { _, context, offset, origin in
      guard let context else { return la_int64_t(ARCHIVE_FATAL) }
      let target = Unmanaged<ArchiveBytes>.fromOpaque(context).takeUnretainedValue().seek(
        Int64(offset), origin)
      return la_int64_t(target < 0 ? Int64(ARCHIVE_FATAL) : target)
    }
    guard archive_read_open1(archive) >= ARCHIVE_WARN else { throw problem }
  }

  deinit { archive_read_free(archive) }

  private static func support(_ kind: ArchiveKind, _ archive: OpaquePointer) {
    switch kind {
    case .zip: archive_read_support_format_zip_seekable(archive)
    case .sevenZip: archive_read_support_format_7zip(archive)
    case .cab: archive_read_support_format_cab(archive)
    case .rar:
      archive_read_support_format_rar(archive)
      archive_read_support_format_rar5(archive)
    case .deb: archive_read_support_format_ar(archive)
    case .rpm:
      archive_read_support_filter_rpm(archive)
      compressed(archive)
      archive_read_support_format_cpio(archive)
    case .tar: archive_read_support_format_tar(archive)
    case .cpio: archive_read_support_format_cpio(archive)
    case .iso: archive_read_support_format_iso9660(archive)
    case .gzip, .bzip2, .xz, .zstd, .lzip:
      compressed(archive)
      archive_read_support_format_tar(archive)
      archive_read_support_format_cpio(archive)
      archive_read_support_format_raw(archive)
    case .msi, .nsis, .innoSetup, .resources, .vmdk, .vhd, .vhdx, .qcow2, .vdi, .ewf, .aff: break
    }
  }

  private static func compressed(_ archive: OpaquePointer) {
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_lzma(archive)
    archive_read_support_filter_lzip(archive)
    archive_read_support_filter_zstd(archive)
  }

  func next() throws(ItemProblem) -> Bool {
    var entry: OpaquePointer?
    // Some readers ask for a repetition; none needs many.
    for _ in 0..<1000 {
      let status = archive_read_next_header(archive, &entry)
      switch status {
      case ARCHIVE_EOF: return false
      case ARCHIVE_RETRY: continue
      case ARCHIVE_OK, ARCHIVE_WARN:
        self.entry = entry
        return true
      default: throw problem
      }
    }
    throw problem
  }

  func member(_ index: UInt64) -> ArchiveMember {
    guard let entry else { preconditionFailure("next() was not called") }
    let isEncrypted =
      archive_entry_is_data_encrypted(entry) != 0
      || archive_entry_is_metadata_encrypted(entry) != 0
    let size = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : nil
    return ArchiveMember(
      index: index, kind: kind(of: entry, size: size),
      name: c_archive_name(entry).map {
        Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      }
        ?? [],
      // A size beyond 2^63 is negative.
      size: size.map { UInt64(bitPattern: $0) }, head: [], isWhole: false,
      problem: isEncrypted ? ItemProblem(.encrypted, "it is encrypted in its archive") : nil)
  }

  private func kind(of entry: OpaquePointer, size: la_int64_t?) -> ArchiveMember.Kind {
    // A hard link of cpio has the content, one of tar has not.
    if archive_entry_hardlink(entry) != nil, size ?? 0 == 0 { return .hardLink }
    // The numbers of sys/stat.h.
    switch archive_entry_filetype(entry) & 0o170000 {
    case 0o040000: return .directory
    case 0o120000: return .symbolicLink
    case 0o020000, 0o060000, 0o010000, 0o140000: return .special
    default: return .file
    }
  }

  func read(upTo limit: UInt64, isExact: Bool, _ body: (UnsafeRawBufferPointer) -> Void) -> (
    end: PassEnd, problem: ItemProblem?
  ) {
    var position: UInt64 = 0
    var warning: ItemProblem?
    while true {
      var block: UnsafeRawPointer?
      var count = 0
      var offset: la_int64_t = 0
      let status = archive_read_data_block(archive, &block, &count, &offset)
      if status == ARCHIVE_EOF { return (.whole, warning) }
      if count > 0, let block {
        guard offset >= 0, UInt64(offset) >= position else {
          return (.failed, ItemProblem(.unreadable, "its parts overlap in the archive"))
        }
        position = Self.fill(position, min(UInt64(offset), limit), body)
        let piece = Int(min(UInt64(count), limit - position))
        body(UnsafeRawBufferPointer(start: block, count: piece))
        position += UInt64(piece)
        if piece < count || position == limit && !isExact { return (.cut, warning) }
      }
      switch status {
      case ARCHIVE_OK: break
      case ARCHIVE_WARN, ARCHIVE_RETRY:
        // The wrong checksum of a ZIP is a warning.
        if warning != nil, count == 0 { return (.failed, warning) }
        warning = problem
      default: return (.failed, problem)
      }
    }
  }

  /// Lends the zeros of a hole.
  private static func fill(
    _ start: UInt64, _ end: UInt64, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> UInt64 {
    let zeros = [UInt8](repeating: 0, count: Int(min(end - start, 65_536)))
    var position = start
    while position < end {
      let count = Int(min(end - position, UInt64(zeros.count)))
      zeros.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      position += UInt64(count)
    }
    return end
  }

  /// The last error of libarchive.
  private var problem: ItemProblem {
    let text = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
    let words = text.lowercased()
    // archive_read_has_encrypted_entries crashes where no reader took the archive.
    if words.contains("encrypted") || words.contains("passphrase") {
      return ItemProblem(.encrypted, "encrypted: \(text)")
    }
    if words.contains("unsupported") || words.contains("not supported") {
      return ItemProblem(.unsupported, "libarchive: \(text)")
    }
    return ItemProblem(.unreadable, "damaged, or cut off: \(text)")
  }
}
