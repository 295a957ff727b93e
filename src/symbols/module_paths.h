// Where a module's files lie under a folder of symbols or a symbol server's URL, and under which name they
// are kept.
//
// Two layouts are older than all of us: NAME/DEBUGID/NAME.sym (formats/symfile/symbol_path.h), and by code
// file, CODEFILE/CODEID/NAME, which is Microsoft's for binaries and Tecken's for symbol files of modules
// whose debug id is not known. Names come from dumps: none leads out of the folder that it is joined to.
#pragma once

#include <string>
#include <vector>

#include "model/module.h"

namespace cairn::symbols {

// The relative path that stands for the module in caches: of its symbol file by debug id, else by code id.
// Empty: it has neither, and nothing can be found.
std::string ModuleKey(const model::Module& module);

// Relative paths of its symbol file in a folder, most likely first. Folders are asked for other spellings as
// well: file systems tell letters' cases apart, Windows' file names and hex digits do not.
std::vector<std::string> SymbolFilePaths(const model::Module& module);

// Of the binary itself, by code id.
std::vector<std::string> BinaryPaths(const model::Module& module);

// Of its PDB file on a server of Microsoft's layout, by debug id; empty if it has none.
std::string PdbPath(const model::Module& module);

// ModuleKey for a symbol server: parts escaped, and behind it the query by which a server learns what it
// lacks, "?code_file=xul.dll&code_id=62B0E4E0712F000".
std::string SymbolUrlPath(const model::Module& module);

// Whether a file's name ends as those of Windows' programs and their symbols do.
bool IsWindowsName(const std::string& name);

// `path` with each part between slashes escaped for a URL.
std::string EscapePath(const std::string& path);

// The build id of an ELF module, by which debuginfod files it; empty if the module is of another kind.
std::string BuildId(const model::Module& module);

}  // namespace cairn::symbols
