/// Lines of results as `trawl scan --format jsonl` writes them, for tests of their readers.
package enum ResultLines {
  /// A finding in an image with every key.
  package static let finding = #"""
    {"schema":1,"type":"finding","rule":"r","confidence":"strong","vendor":"V","product":"P","product_version":"1.2","version":"1.2.3","component":"driver","platform":"windows","embedded":false,"code_signatures":[{"depth":0,"digest":"valid","digest_algorithm":"sha256","signature_valid":true,"program_name":"N","signer":"S","organization":"O","issuer":"CN=I","serial":"01","sha1":"0000000000000000000000000000000000000000","sha256":"0000000000000000000000000000000000000000000000000000000000000000","chain":[],"chain_complete":false,"timestamp":"rfc3161","timestamp_check":"valid","timestamp_time":"2017-09-13T00:00:00Z"}],"reasons":["because"],"evidence":"/e/disk.dd","volume":{"index":1,"start":512,"length":1024,"type":"ntfs"},"path":"/d/klif.sys","stream":"ads","state":"deleted","offset":4096,"runs":[[4096,3]],"item_id":"1-2","inode":"71-128-2","size":3,"md5":"900150983cd24fb0d6963f7d28e17f72","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","modified":"2017-09-13T01:02:03.000000004Z","created":"1969-12-31T23:59:59Z","time_zone":"unknown","matches":[{"rule":"r","namespace":"default","tags":["t"],"strings":[{"identifier":"$a","offset":7,"length":2,"data":"ab00"}]}],"traces":[{"kind":"service","place":"HKLM\\SYSTEM","product":"P","active":true,"written":"2017-09-13T00:00:00Z"}]}
    """#

  package static let problem = #"""
    {"schema":1,"type":"problem","evidence":"/e","path":"/e/\\xff","path_base64":"L2Uv/w==","outcome":"failed","reason":"permission_denied","message":"run as root"}
    """#

  package static let product = #"""
    {"schema":1,"type":"product","evidence":"/e/disk.dd","volume":{"index":1,"start":512,"length":1024,"type":"ntfs"},"installation":"/d","product":"P","vendor":"V","version":"1.2","versions":["1.2"],"components":{"driver":1},"confidence":"strong","state":"installed","embedded":false,"first_time":"2017-09-13T00:00:00Z","item_ids":["1-2"]}
    """#

  package static let context = #"""
    {"schema":1,"type":"context","evidence":"/e","path":"/e/P/ssl.dll","product":"P"}
    """#

  /// The summary of a complete scan on the host `h`.
  package static let summary = #"""
    {"schema":1,"type":"summary","items":{"seen":2,"matched":1,"clean":1,"skipped":0,"failed":0},"skipped":{},"failed":{},"partly_read":0,"ignored":{"directories":1},"not_entered":[],"media":[{"evidence":"/e/disk.dd","size":10,"items":4,"metadata":1,"slack":1,"carved":1,"unallocated":1,"unowned":0,"gaps":1,"unread":1,"known_zeros":0,"verification":{"md5":"900150983cd24fb0d6963f7d28e17f72","sha1":"a9993e364706816aba3e25717850c26c9cd0d89d","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","stored":[{"algorithm":"MD5","digest":"900150983cd24fb0d6963f7d28e17f72","equal":true}],"unreadable":[[0,1]],"unreadable_at_acquisition":[]}}],"findings":{"strong":1},"complete":true,"interrupted":false,"bytes_present":10,"bytes_read":9,"seconds":1.5,"custody":{"tool":"trawl 0.1","libraries":{"libyara":"4.2.3"},"rule_sets":[{"name":"built-in","sha256":"00"}],"command_line":["trawl","scan"],"host":"h","start":"2017-09-13T00:00:00Z","end":"2017-09-13T00:00:01.5Z","evidence":[{"name":"/e/disk.dd","kind":"image","size":10}]}}
    """#

  package static let examples = [finding, problem, product, context, summary]
}
