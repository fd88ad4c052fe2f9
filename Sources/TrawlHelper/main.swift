import Bytes
import Glibc
import Images

// The program that libtrawl starts to parse file systems: see docs/architecture.md.
Stacks.run {
  ImageHelper.runIfRequested()
  let message = "trawl-helper: started by libtrawl to parse file systems; not for use by hand\n"
  _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  exit(64)
}
