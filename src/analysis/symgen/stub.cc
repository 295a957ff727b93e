#include "analysis/symgen/macho_module.h"
#include "analysis/symgen/pdb_reader.h"
#include "analysis/symgen/pe_module.h"
namespace cairn::symgen {
static base::Error E() { return base::Error{base::Code::kUnsupported, 0, "stub"}; }
base::Result<ModuleInput> OpenPeModule(const PeFiles&) { return E(); }
bool IsPdb(base::Bytes) { return false; }
base::Result<ModuleInput> OpenPdbModule(base::Bytes) { return E(); }
base::Result<DebugInfo> ReadPdb(ModuleInput&) { return E(); }
bool IsMachO(base::Bytes) { return false; }
base::Result<ModuleInput> OpenMachOModule(base::Bytes, std::optional<base::Bytes>) { return E(); }
}  // namespace cairn::symgen
