#include "analysis/instruction/other_cpus.h"

#include <capstone/capstone.h>

// Named by Capstone. They are given arguments, of which they need none; C functions may be called so.
extern "C" {
cs_err ARM_global_init() { return CS_ERR_ARCH; }
cs_err EVM_global_init() { return CS_ERR_ARCH; }
cs_err M680X_global_init() { return CS_ERR_ARCH; }
cs_err M68K_global_init() { return CS_ERR_ARCH; }
cs_err Mips_global_init() { return CS_ERR_ARCH; }
cs_err PPC_global_init() { return CS_ERR_ARCH; }
cs_err Sparc_global_init() { return CS_ERR_ARCH; }
cs_err SystemZ_global_init() { return CS_ERR_ARCH; }
cs_err TMS320C64x_global_init() { return CS_ERR_ARCH; }
cs_err XCore_global_init() { return CS_ERR_ARCH; }
cs_err ARM_option() { return CS_ERR_ARCH; }
cs_err EVM_option() { return CS_ERR_ARCH; }
cs_err M680X_option() { return CS_ERR_ARCH; }
cs_err M68K_option() { return CS_ERR_ARCH; }
cs_err Mips_option() { return CS_ERR_ARCH; }
cs_err PPC_option() { return CS_ERR_ARCH; }
cs_err Sparc_option() { return CS_ERR_ARCH; }
cs_err SystemZ_option() { return CS_ERR_ARCH; }
cs_err TMS320C64x_option() { return CS_ERR_ARCH; }
cs_err XCore_option() { return CS_ERR_ARCH; }
}

namespace cairn::instruction {

void LeaveOutOtherCpus() {}

}  // namespace cairn::instruction
