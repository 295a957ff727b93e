// Makes the CONTEXT that a dump holds of the registers as the kernel gives them.
#pragma once

#include <sys/user.h>

#include "handler/process_snapshot.h"
#include "wire/crash_request.h"

namespace cairn::handler {

// Of the thread that crashed, at the moment of the crash: what its signal handler was given.
ContextBytes ContextOfRequest(const wire::CrashRequest& request);

// Of a traced thread, as PTRACE_GETREGS and PTRACE_GETFPREGS give them.
ContextBytes ContextOfTrace(const user_regs_struct& general, const user_fpregs_struct& floating_point);

}  // namespace cairn::handler
