// Rewrite is a quirk of one product as data: how a field of its processed crashes is changed, and when.
//
// Builds of one kind may call themselves by the version of another; such rules belong to a product and not
// into code, so they stand in a profile (schema/profiles).
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cairn::registry {

struct Rewrite {
  std::string field;                                     // What is changed; a text.
  std::map<std::string, std::vector<std::string>> when;  // Each of these fields has one of these values.
  std::map<std::string, std::string> by_build;           // Build id to the new value.
  std::map<std::string, std::string> replace;            // Else: the old value to the new one.
  std::string append;                                    // Else this is put behind the value, with a note.
  std::string note;                                      // Empty: none.
};

}  // namespace cairn::registry
