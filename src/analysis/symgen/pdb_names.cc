#include "analysis/symgen/pdb_names.h"

#include <llvm/DebugInfo/CodeView/LazyRandomTypeCollection.h>
#include <llvm/DebugInfo/CodeView/RecordName.h>
#include <llvm/DebugInfo/CodeView/TypeDeserializer.h>
#include <llvm/DebugInfo/PDB/Native/TpiStream.h>

#include <algorithm>

#include "analysis/symgen/demangle.h"

namespace cairn::symgen {

using llvm::codeview::CVType;
using llvm::codeview::TypeDeserializer;
using llvm::codeview::TypeIndex;

namespace {

template <typename Record>
std::optional<Record> Read(CVType type) {
  Record record;
  if (llvm::Error error = TypeDeserializer::deserializeAs<Record>(type, record)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  return record;
}

std::optional<CVType> Find(llvm::pdb::TpiStream* stream, TypeIndex index) {
  if (stream == nullptr || index.isSimple()) return std::nullopt;
  return stream->typeCollection().tryGetType(index);
}

}  // namespace

std::string PdbNames::OfFunction(model::ModuleOffset offset, std::string_view name, TypeIndex type) {
  for (const CodeSymbol& symbol : std::ranges::equal_range(publics_, offset, {}, &CodeSymbol::offset)) {
    if (symbol.name == name) break;  // C has no arguments in its names.
    const std::string demangled = Demangle(symbol.name);
    if (demangled.starts_with(name) && demangled.substr(name.size()).starts_with('(')) return demangled;
  }
  return std::string(name) + Arguments(type);
}

// "(int, char *)", or nothing for what is no function.
std::string PdbNames::Arguments(TypeIndex type) {
  const std::optional<CVType> record = Find(TakeExpected(pdb_.file().getPDBTpiStream()), type);
  if (!record) return {};
  std::optional<TypeIndex> arguments;
  if (record->kind() == llvm::codeview::LF_PROCEDURE) {
    if (const auto procedure = Read<llvm::codeview::ProcedureRecord>(*record))
      arguments = procedure->ArgumentList;
  } else if (record->kind() == llvm::codeview::LF_MFUNCTION) {
    if (const auto member = Read<llvm::codeview::MemberFunctionRecord>(*record))
      arguments = member->ArgumentList;
  }
  if (!arguments) return {};
  const std::string text = TypeName(*arguments);
  return text == "()" ? "(void)" : text;
}

std::string PdbNames::TypeName(TypeIndex type) {
  llvm::pdb::TpiStream* const stream = TakeExpected(pdb_.file().getPDBTpiStream());
  if (stream == nullptr) return {};
  if (!type.isSimple() && !stream->typeCollection().tryGetType(type)) return {};
  return llvm::codeview::computeTypeName(stream->typeCollection(), type);
}

const std::string& PdbNames::OfInlinee(TypeIndex id) {
  const auto [found, added] = inlinees_.try_emplace(id.getIndex());
  if (added) found->second = MakeInlineeName(id);
  return found->second;
}

std::string PdbNames::MakeInlineeName(TypeIndex id) {
  constexpr const char* kNoName = "<name omitted>";
  llvm::pdb::TpiStream* const ids = TakeExpected(pdb_.file().getPDBIpiStream());
  const std::optional<CVType> record = Find(ids, id);
  if (!record) return kNoName;
  if (record->kind() == llvm::codeview::LF_MFUNC_ID) {
    const auto member = Read<llvm::codeview::MemberFuncIdRecord>(*record);
    if (!member) return kNoName;
    return TypeName(member->ClassType) + "::" + member->Name.str() + Arguments(member->FunctionType);
  }
  if (record->kind() != llvm::codeview::LF_FUNC_ID) return kNoName;
  const auto function = Read<llvm::codeview::FuncIdRecord>(*record);
  if (!function) return kNoName;
  std::string name = function->Name.str();
  if (const auto scope = Find(ids, function->ParentScope)) {
    if (const auto text = Read<llvm::codeview::StringIdRecord>(*scope))
      name = text->String.str() + "::" + name;
  }
  return name + Arguments(function->FunctionType);
}

}  // namespace cairn::symgen
