internal import CSleuthKit

/// The version of The Sleuth Kit.
package enum SleuthKitVersion {
  /// Version that is linked, such as `4.11.1`.
  package static var current: String { String(cString: tsk_version_get_str()) }
}
