#include "os/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cairn::os {
namespace {

// Nice values.
constexpr int kLower = 5;
constexpr int kLowest = 19;

}  // namespace

void NameThread(const char* name) { (void)pthread_setname_np(pthread_self(), name); }

void LowerThreadPriority(Priority priority) {
  // Linux takes a thread's number here. Where it is refused, the thread works as fast as others.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
                    priority == Priority::kLower ? kLower : kLowest);
}

}  // namespace cairn::os
