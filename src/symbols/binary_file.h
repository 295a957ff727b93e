// A module's binary on this machine, for its unwind tables.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "model/module.h"
#include "model/module_symbols.h"

namespace cairn::symbols {

// Immutable; any number of threads may ask at once.
class BinaryFile {
 public:
  virtual ~BinaryFile() = default;

  // Borrows the mapped file.
  virtual const model::ModuleSymbols& symbols() const = 0;

  // kNotFound: no such file, or it is another build than `module`. kUnsupported: of a kind that has no
  // reader.
  static base::Result<std::shared_ptr<const BinaryFile>> Open(const std::string& path,
                                                              const model::Module& module);
};

// Whether the file at `path` is the build that crashed, by its build id.
bool IsBuildOf(const std::string& path, const model::Module& module);

}  // namespace cairn::symbols
