// Where a module's symbol file lies under a symbol folder or a symbol server: the rule that Breakpad's
// uploaders, Tecken and every stack walker share.
#pragma once

#include <string>

#include "model/module.h"

namespace cairn::symfile {

// "libfoo.so/0123...EF0/libfoo.so.sym", "foo.pdb/0123...EF2/foo.sym": the last part of the debug file's name
// (of the code file's, where there is no debug file), the debug id, and that name again with ".pdb" (in any
// case) replaced by
// ".sym" or ".sym" added. Empty when the module has no name or no id by which it could be found, or a name
// that must not become part of a path; the text never leads out of the folder that it is joined to.
std::string SymbolPath(const model::Module& module);

}  // namespace cairn::symfile
