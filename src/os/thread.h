// What a thread may say of itself to the system.
#pragma once

namespace cairn::os {

// The calling thread's name in top, gdb and perf: at most 15 characters.
void NameThread(const char* name);

// The calling thread gets the processor when others leave it.
void LowerThreadPriority();

}  // namespace cairn::os
