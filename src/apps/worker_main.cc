// cairn-worker: parses dumps, pings and symbol files for cairn-server, in a sandbox. It is started by the
// server, with its socket at descriptor 3, and is of no use by hand.
#include <malloc.h>
#include <unistd.h>

#include <sys/socket.h>
#include <csignal>
#include <cstdio>

#include "analysis/signature/signature.h"
#include "base/result.h"
#include "server/worker/protocol.h"
#include "server/worker/sandbox.h"
#include "server/worker/serve_jobs.h"

namespace {

constexpr int kOk = 0;
constexpr int kUsage = 2;
constexpr int kServerProblem = 3;

}  // namespace

int main() {
  int type = 0;
  socklen_t size = sizeof(type);
  if (getsockopt(cairn::worker::kSocketFd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    std::fputs("cairn-worker: no socket at descriptor 3: it is started by cairn-server, not by hand\n",
               stderr);
    return kUsage;
  }
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C in the server's terminal is for the server, which then ends us.
  // Memory of one job is there for the next one; the system would clear each page anew.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  // Made on first use, from texts that are compiled in; here it is done once and not in the first job.
  cairn::signature::SignatureLists::Default();
  if (const cairn::base::Status closed = cairn::worker::EnterSandbox(); !closed) {
    std::fprintf(stderr, "cairn-worker: %s\n", cairn::base::Describe(closed.error()).c_str());
    return kServerProblem;
  }
  const cairn::base::Status served = cairn::worker::ServeJobs(cairn::worker::kSocketFd);
  return served ? kOk : kServerProblem;
}
