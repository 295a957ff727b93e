// What a thread may say of itself to the system.
#pragma once

namespace cairn::os {

// The calling thread's name in top, gdb and perf: at most 15 characters.
void NameThread(const char* name);

// The calling thread, and processes that it starts, get a third of what others get where there is not enough
// for all (kLower), or what others leave (kLowest).
enum class Priority { kLower, kLowest };
void LowerThreadPriority(Priority priority);

}  // namespace cairn::os
