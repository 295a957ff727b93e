// What `cairn user` and `cairn product` share: verbs on the directory of a data folder, which may be open in
// several processes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "server/store/directory.h"

namespace cairn::apps {

// The directory of `data`, a folder that is made if it is not there; or an exit code, and `verb` has said
// why.
std::variant<std::unique_ptr<store::Directory>, int> OpenDirectory(std::string_view verb,
                                                                   const std::string& data);

// The exit code of what was done and is now noted in the audit as by "cairn VERB".
int RecordVerb(std::string_view verb, store::Directory& directory, const std::string& action,
               const std::string& object);

// Says the error; its exit code. What is not there is a problem of the input.
int FailVerb(std::string_view verb, const base::Error& error);

}  // namespace cairn::apps
