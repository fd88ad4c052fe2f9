import Bytes
import Yara

/// `MODULE=FILE` of -x.
enum MatchModuleData {
  /// Reads the files; of several for a module the last one comes first, as yara finds them.
  static func load(_ arguments: [[UInt8]]) throws(MatchRules.Failure) -> [ModuleData] {
    var data: [ModuleData] = []
    for argument in arguments {
      guard let equals = argument.firstIndex(of: UInt8(ascii: "=")) else {
        throw MatchRules.Failure("error: wrong syntax for `-x` option.")
      }
      let path = RawPath(Array(argument[(equals + 1)...]))
      do throws(SystemCallError) {
        data.insert(
          ModuleData(
            module: String(decoding: argument[..<equals], as: UTF8.self),
            bytes: try MatchRules.read(path)), at: 0)
      } catch {
        throw MatchRules.Failure(
          Array("error: could not open file \"".utf8) + path.bytes + Array("\".".utf8))
      }
    }
    return data
  }
}
