// What a thread may say of itself to the system.
#pragma once

namespace cairn::os {

// The calling thread gets the processor when others leave it.
void LowerThreadPriority();

}  // namespace cairn::os
