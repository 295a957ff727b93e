// The CPUs that Capstone knows and Cairn does not ask it for.
//
// Capstone's archive holds tables of ten more, of two megabytes, which the dynamic linker would have to
// relocate each time a program starts: a millisecond. Where the functions by which Capstone reaches a CPU are
// defined here, the archive's own and all behind them are left out.
#pragma once

namespace cairn::instruction {

// Whoever calls Capstone calls this as well: it makes the linker take this file's functions before it comes
// to the archive.
void LeaveOutOtherCpus();

}  // namespace cairn::instruction
