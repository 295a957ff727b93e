#include "os/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cairn::os {
namespace {

constexpr int kLowestPriority = 19;

}  // namespace

void NameThread(const char* name) { (void)pthread_setname_np(pthread_self(), name); }

void LowerThreadPriority() {
  // Linux takes a thread's number here. Where it is refused, the thread works as fast as others.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowestPriority);
}

}  // namespace cairn::os
