// Names of functions by their entries in debug information.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/symgen/unit_store.h"

namespace cairn::symgen {

struct EntryName {
  std::string text;
  bool is_linkage_name = false;  // Mangled as the linker knows it; else for people to read.
};

class EntryNames {
 public:
  explicit EntryNames(UnitStore& store) : store_(store) {}

  // The linkage name of the function at `place`, or of what it was made from. Without one "a::B::f": GCC
  // gives none to lambdas, whose class has no name either and stands in a function. Those are
  // "a::f()::{lambda}::operator()", or all lambdas of a program would have one name.
  EntryName NameOf(const dwarf::EntryReference& place) { return NameOf(place, 0); }

 private:
  // What one entry says.
  struct Facts {
    std::string_view name;
    std::string_view linkage_name;
    std::optional<dwarf::EntryReference> made_from;  // Concrete, abstract, declaration.
  };
  Facts ReadFacts(const dwarf::EntryReference& place);
  EntryName NameOf(const dwarf::EntryReference& place, int nesting);
  std::string Qualify(std::string_view short_name, const dwarf::EntryReference& declaration, int nesting);

  UnitStore& store_;
};

}  // namespace cairn::symgen
