#include "server/store/soci_symbol_records.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/lines.h"
#include "server/store/soci_store.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr const char* kSelectUploads =
    "SELECT CAST(uploads.id AS TEXT), uploads.who, protocol, filename, CAST(uploads.size AS TEXT), "
    "uploads.class, uploads.product, CAST(created_ms AS TEXT), CAST(completed_ms AS TEXT), "
    "CAST(skipped AS TEXT), skipped_keys, (SELECT CAST(count(*) AS TEXT) FROM symbol_files WHERE upload_id = "
    "uploads.id) FROM uploads ";

constexpr const char* kSelectFiles =
    "SELECT CAST(symbol_files.id AS TEXT), key, symbol_files.class, debug_file, debug_id, symbol_file, "
    "CAST(is_text AS TEXT), code_file, code_id, generator, build_id, CAST(has_code AS TEXT), "
    "CAST(has_debug_info AS TEXT), CAST(symbol_files.size AS TEXT), CAST(stored_bytes AS TEXT), md5, sha256, "
    "symbol_files.product, CAST(upload_id AS TEXT), CAST(stored_ms AS TEXT) FROM symbol_files ";

constexpr const char* kRegularFirst = "symbol_files.class, stored_ms DESC, symbol_files.id DESC LIMIT 1";

bool IsSymbolText(std::string_view text) {
  return text.size() <= kMaxSymbolTextLength && text.find('\0') == std::string_view::npos;
}

bool AreSymbolTexts(std::initializer_list<std::string_view> texts) {
  return std::ranges::all_of(texts, IsSymbolText);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

SymbolClass ClassOf(const std::string& text) {
  return text == SymbolClassName(SymbolClass::kTry) ? SymbolClass::kTry : SymbolClass::kRegular;
}

std::string Join(const std::vector<std::string>& lines) {
  std::string joined;
  for (std::size_t i = 0; i < lines.size() && i < kMaxSkippedKeys; ++i) joined += lines[i] + "\n";
  return joined;
}

UploadRecord UploadOf(const soci::row& row) {
  UploadRecord upload;
  upload.id = NumberAt(row, 0);
  upload.user = row.get<std::string>(1);
  upload.protocol = row.get<std::string>(2);
  upload.filename = row.get<std::string>(3);
  upload.size = static_cast<std::uint64_t>(NumberAt(row, 4));
  upload.symbol_class = ClassOf(row.get<std::string>(5));
  upload.product = row.get<std::string>(6);
  upload.created_ms = NumberAt(row, 7);
  upload.completed_ms = NumberOrNothing(NumberAt(row, 8));
  upload.skipped = static_cast<std::uint64_t>(NumberAt(row, 9));
  upload.skipped_keys = base::SplitLines(row.get<std::string>(10));
  upload.files = static_cast<std::uint64_t>(NumberAt(row, 11));
  return upload;
}

SymbolFileRecord FileOf(const soci::row& row) {
  SymbolFileRecord file;
  file.id = NumberAt(row, 0);
  file.key = row.get<std::string>(1);
  file.symbol_class = ClassOf(row.get<std::string>(2));
  file.debug_file = row.get<std::string>(3);
  file.debug_id = row.get<std::string>(4);
  file.symbol_file = row.get<std::string>(5);
  file.is_symbol_text = NumberAt(row, 6) != 0;
  file.code_file = row.get<std::string>(7);
  file.code_id = row.get<std::string>(8);
  file.generator = row.get<std::string>(9);
  file.build_id = row.get<std::string>(10);
  file.has_code = NumberAt(row, 11) != 0;
  file.has_debug_info = NumberAt(row, 12) != 0;
  file.size = static_cast<std::uint64_t>(NumberAt(row, 13));
  file.stored_bytes = static_cast<std::uint64_t>(NumberAt(row, 14));
  file.md5 = row.get<std::string>(15);
  file.sha256 = row.get<std::string>(16);
  file.product = row.get<std::string>(17);
  file.upload_id = NumberAt(row, 18);
  file.stored_ms = NumberAt(row, 19);
  return file;
}

// LIKE with "\" before what it would take for a pattern.
std::string Pattern(std::string_view part) {
  std::string pattern = "%";
  for (const char c : part) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

// That the name of a symbol file holds each of `parts`.
void AddKeyParts(const std::vector<std::string>& parts, std::string& text, std::vector<std::string>& values) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += " AND debug_file || '/' || debug_id || '/' || symbol_file LIKE :part" + std::to_string(i) +
            " ESCAPE '\\'";
    values.push_back(Pattern(parts[i]));
  }
}

}  // namespace

base::Result<std::int64_t> SociSymbolRecords::AddUpload(const UploadRecord& upload) {
  if (!AreSymbolTexts({upload.user, upload.protocol, upload.filename, upload.product})) {
    return Error{Code::kBadValue, 0, "upload"};
  }
  return WithoutThrowing("add upload", [&]() -> base::Result<std::int64_t> {
    const long long size = static_cast<long long>(upload.size);
    const std::string symbol_class(SymbolClassName(upload.symbol_class));
    const long long created_ms = upload.created_ms;
    long long id = 0;
    const std::lock_guard lock(state_.mutex);
    state_.session
        << "INSERT INTO uploads (who, protocol, filename, size, class, product, created_ms, "
           "completed_ms, skipped, skipped_keys) VALUES (:user, :protocol, :filename, :size, :class, "
           ":product, :created, 0, 0, '') RETURNING id",
        soci::use(upload.user), soci::use(upload.protocol), soci::use(upload.filename), soci::use(size),
        soci::use(symbol_class), soci::use(upload.product), soci::use(created_ms), soci::into(id);
    return std::int64_t{id};
  });
}

base::Status SociSymbolRecords::CompleteUpload(const UploadRecord& upload) {
  return WithoutThrowing("complete upload", [&]() -> base::Status {
    const long long id = upload.id;
    const long long size = static_cast<long long>(upload.size);
    const long long completed_ms = upload.completed_ms.value_or(0);
    const long long skipped = static_cast<long long>(upload.skipped);
    const std::string skipped_keys = Join(upload.skipped_keys);
    long long found = 0;
    const std::lock_guard lock(state_.mutex);
    state_.session << "SELECT count(*) FROM uploads WHERE id = :id", soci::use(id), soci::into(found);
    if (found == 0) return Error{Code::kNotFound, 0, "upload"};
    state_.session << "UPDATE uploads SET size = :size, completed_ms = :completed, skipped = :skipped, "
                      "skipped_keys = :keys WHERE id = :id",
        soci::use(size), soci::use(completed_ms), soci::use(skipped), soci::use(skipped_keys), soci::use(id);
    return {};
  });
}

base::Result<std::vector<UploadRecord>> SociSymbolRecords::SelectUploads(const Tail& tail) const {
  return WithoutThrowing("list uploads", [&]() -> base::Result<std::vector<UploadRecord>> {
    std::vector<UploadRecord> uploads;
    const std::lock_guard lock(state_.mutex);
    soci::details::prepare_temp_type prepared = (state_.session.prepare << kSelectUploads + tail.text);
    for (const std::string& value : tail.values) prepared, soci::use(value);
    const soci::rowset<soci::row> rows(prepared);
    for (const soci::row& row : rows) uploads.push_back(UploadOf(row));
    return uploads;
  });
}

base::Result<std::vector<SymbolFileRecord>> SociSymbolRecords::SelectFiles(const Tail& tail) const {
  return WithoutThrowing("list symbol files", [&]() -> base::Result<std::vector<SymbolFileRecord>> {
    std::vector<SymbolFileRecord> files;
    const std::lock_guard lock(state_.mutex);
    soci::details::prepare_temp_type prepared = (state_.session.prepare << kSelectFiles + tail.text);
    for (const std::string& value : tail.values) prepared, soci::use(value);
    const soci::rowset<soci::row> rows(prepared);
    for (const soci::row& row : rows) files.push_back(FileOf(row));
    return files;
  });
}

base::Result<std::optional<SymbolFileRecord>> SociSymbolRecords::SelectFile(const Tail& tail) const {
  ASSIGN_OR_RETURN(std::vector<SymbolFileRecord> files, SelectFiles(tail));
  if (files.empty()) return std::optional<SymbolFileRecord>();
  return std::optional<SymbolFileRecord>(std::move(files.front()));
}

base::Result<std::uint64_t> SociSymbolRecords::Count(const std::string& table, const Tail& tail) const {
  return WithoutThrowing("count", [&]() -> base::Result<std::uint64_t> {
    const std::lock_guard lock(state_.mutex);
    soci::details::prepare_temp_type prepared =
        (state_.session.prepare << "SELECT CAST(count(*) AS TEXT) FROM " + table + " " + tail.text);
    for (const std::string& value : tail.values) prepared, soci::use(value);
    const soci::rowset<soci::row> rows(prepared);
    for (const soci::row& row : rows) return static_cast<std::uint64_t>(NumberAt(row, 0));
    return std::uint64_t{0};
  });
}

SociSymbolRecords::Tail SociSymbolRecords::TailOf(const UploadFilter& filter) {
  Tail tail{"WHERE 1 = 1", {}};
  if (!filter.user.empty()) {
    tail.text += " AND uploads.who = :user";
    tail.values.push_back(filter.user);
  }
  if (filter.symbol_class) {
    tail.text += " AND uploads.class = :class";
    tail.values.emplace_back(SymbolClassName(*filter.symbol_class));
  }
  if (!filter.product.empty()) {
    tail.text += " AND uploads.product = :product";
    tail.values.push_back(filter.product);
  }
  if (filter.is_complete)
    tail.text += *filter.is_complete ? " AND completed_ms <> 0" : " AND completed_ms = 0";
  if (!filter.in_key.empty()) {
    tail.text += " AND uploads.id IN (SELECT upload_id FROM symbol_files WHERE 1 = 1";
    AddKeyParts(filter.in_key, tail.text, tail.values);
    tail.text += ")";
  }
  return tail;
}

SociSymbolRecords::Tail SociSymbolRecords::TailOf(const SymbolFileFilter& filter) {
  Tail tail{"LEFT JOIN uploads ON uploads.id = upload_id WHERE 1 = 1", {}};
  if (!filter.user.empty()) {
    tail.text += " AND uploads.who = :user";
    tail.values.push_back(filter.user);
  }
  if (filter.symbol_class) {
    tail.text += " AND symbol_files.class = :class";
    tail.values.emplace_back(SymbolClassName(*filter.symbol_class));
  }
  if (filter.upload_id != 0) tail.text += " AND upload_id = " + std::to_string(filter.upload_id);
  AddKeyParts(filter.in_key, tail.text, tail.values);
  return tail;
}

namespace {

std::string PageText(const Page& page) {
  return " LIMIT " + std::to_string(page.count) + " OFFSET " + std::to_string(page.offset);
}

}  // namespace

base::Result<std::optional<UploadRecord>> SociSymbolRecords::FindUpload(std::int64_t id) const {
  ASSIGN_OR_RETURN(std::vector<UploadRecord> uploads,
                   SelectUploads({"WHERE uploads.id = " + std::to_string(id), {}}));
  if (uploads.empty()) return std::optional<UploadRecord>();
  return std::optional<UploadRecord>(std::move(uploads.front()));
}

base::Result<std::vector<UploadRecord>> SociSymbolRecords::ListUploads(const UploadFilter& filter) const {
  Tail tail = TailOf(filter);
  tail.text += filter.by_size ? " ORDER BY uploads.size DESC, uploads.id DESC" : " ORDER BY uploads.id DESC";
  tail.text += PageText(filter.page);
  return SelectUploads(tail);
}

base::Result<std::uint64_t> SociSymbolRecords::CountUploads(const UploadFilter& filter) const {
  return Count("uploads", TailOf(filter));
}

base::Status SociSymbolRecords::PutSymbolFile(const SymbolFileRecord& file) {
  if (!AreSymbolTexts({file.key, file.debug_file, file.debug_id, file.symbol_file, file.code_file,
                       file.code_id, file.generator, file.build_id, file.md5, file.sha256, file.product})) {
    return Error{Code::kBadValue, 0, "symbol file"};
  }
  return WithoutThrowing("put symbol file", [&]() -> base::Status {
    const std::string symbol_class(SymbolClassName(file.symbol_class));
    const std::string debug_name = Lower(file.debug_file);
    const std::string code_name = Lower(file.code_file);
    const std::string debug_key = Lower(file.debug_id);
    const std::string code_key = Lower(file.code_id);
    const int is_text = file.is_symbol_text ? 1 : 0;
    const int has_code = file.has_code ? 1 : 0;
    const int has_debug_info = file.has_debug_info ? 1 : 0;
    const long long size = static_cast<long long>(file.size);
    const long long stored_bytes = static_cast<long long>(file.stored_bytes);
    const long long upload_id = file.upload_id;
    const long long stored_ms = file.stored_ms;
    const std::lock_guard lock(state_.mutex);
    soci::transaction transaction(state_.session);
    state_.session << "DELETE FROM symbol_files WHERE key = :key", soci::use(file.key);
    state_.session
        << "INSERT INTO symbol_files (key, class, debug_file, debug_id, symbol_file, is_text, code_file, "
           "code_id, generator, build_id, has_code, has_debug_info, size, stored_bytes, md5, sha256, "
           "product, "
           "upload_id, stored_ms, debug_name, debug_key, code_name, code_key) VALUES (:key, :class, :df, "
           ":di, "
           ":sf, :text, :cf, :ci, :gen, :build, :code, :dwarf, :size, :stored, :md5, :sha, :product, "
           ":upload, "
           ":ms, :dn, :dk, :cn, :ck)",
        soci::use(file.key), soci::use(symbol_class), soci::use(file.debug_file), soci::use(file.debug_id),
        soci::use(file.symbol_file), soci::use(is_text), soci::use(file.code_file), soci::use(file.code_id),
        soci::use(file.generator), soci::use(file.build_id), soci::use(has_code), soci::use(has_debug_info),
        soci::use(size), soci::use(stored_bytes), soci::use(file.md5), soci::use(file.sha256),
        soci::use(file.product), soci::use(upload_id), soci::use(stored_ms), soci::use(debug_name),
        soci::use(debug_key), soci::use(code_name), soci::use(code_key);
    transaction.commit();
    return {};
  });
}

base::Status SociSymbolRecords::RemoveSymbolFile(const std::string& key) {
  return WithoutThrowing("remove symbol file", [&]() -> base::Status {
    const std::lock_guard lock(state_.mutex);
    state_.session << "DELETE FROM symbol_files WHERE key = :key", soci::use(key);
    return {};
  });
}

base::Result<std::optional<SymbolFileRecord>> SociSymbolRecords::FindSymbolFile(
    const std::string& key) const {
  if (!IsSymbolText(key)) return std::optional<SymbolFileRecord>();
  return SelectFile({"WHERE key = :key", {key}});
}

base::Result<std::optional<SymbolFileRecord>> SociSymbolRecords::FindSymbolFileById(std::int64_t id) const {
  return SelectFile({"WHERE symbol_files.id = " + std::to_string(id), {}});
}

base::Result<std::optional<SymbolFileRecord>> SociSymbolRecords::FindSymbolText(const std::string& file,
                                                                                const std::string& id,
                                                                                bool with_try) const {
  if (file.empty() || id.empty() || !AreSymbolTexts({file, id})) return std::optional<SymbolFileRecord>();
  const std::string name = Lower(file);
  const std::string key = Lower(id);
  const std::string classes = with_try ? "" : " AND symbol_files.class = 'regular'";
  return SelectFile(
      {"WHERE is_text = 1" + classes +
           " AND ((debug_name = :dn AND debug_key = :dk) OR (code_name = :cn AND code_key = :ck)) "
           "ORDER BY " +
           kRegularFirst,
       {name, key, name, key}});
}

base::Result<std::optional<SymbolFileRecord>> SociSymbolRecords::FindElfFile(const std::string& build_id,
                                                                             bool debug_info) const {
  if (!IsSymbolText(build_id)) return std::optional<SymbolFileRecord>();
  const std::string holds = debug_info ? "has_debug_info = 1" : "has_code = 1";
  return SelectFile({"WHERE build_id = :id AND " + holds + " ORDER BY " + kRegularFirst, {build_id}});
}

base::Result<std::vector<SymbolFileRecord>> SociSymbolRecords::ListSymbolFiles(
    const SymbolFileFilter& filter) const {
  Tail tail = TailOf(filter);
  tail.text += " ORDER BY symbol_files.id DESC" + PageText(filter.page);
  return SelectFiles(tail);
}

base::Result<std::uint64_t> SociSymbolRecords::CountSymbolFiles(const SymbolFileFilter& filter) const {
  return Count("symbol_files", TailOf(filter));
}

base::Result<std::vector<SymbolFileRecord>> SociSymbolRecords::ListOldSymbolFiles(
    SymbolClass symbol_class, std::int64_t before_ms, std::size_t files_max) const {
  return SelectFiles({"WHERE symbol_files.class = :class AND stored_ms < " + std::to_string(before_ms) +
                          " ORDER BY stored_ms LIMIT " + std::to_string(files_max),
                      {std::string(SymbolClassName(symbol_class))}});
}

base::Result<std::vector<SymbolUsage>> SociSymbolRecords::SumSymbolFiles() const {
  return WithoutThrowing("sum symbol files", [&]() -> base::Result<std::vector<SymbolUsage>> {
    std::vector<SymbolUsage> sums;
    const std::lock_guard lock(state_.mutex);
    const soci::rowset<soci::row> rows =
        (state_.session.prepare
         << "SELECT product, class, CAST(count(*) AS TEXT), CAST(sum(size) AS TEXT), "
            "CAST(sum(stored_bytes) AS TEXT), CAST(coalesce((SELECT sum(skipped) FROM uploads WHERE "
            "uploads.product = symbol_files.product AND uploads.class = symbol_files.class), 0) AS TEXT) "
            "FROM symbol_files GROUP BY product, class ORDER BY product, class");
    for (const soci::row& row : rows) {
      sums.push_back({.product = row.get<std::string>(0),
                      .symbol_class = ClassOf(row.get<std::string>(1)),
                      .files = static_cast<std::uint64_t>(NumberAt(row, 2)),
                      .bytes = static_cast<std::uint64_t>(NumberAt(row, 3)),
                      .stored_bytes = static_cast<std::uint64_t>(NumberAt(row, 4)),
                      .skipped = static_cast<std::uint64_t>(NumberAt(row, 5))});
    }
    return sums;
  });
}

base::Result<std::vector<DuplicateSymbols>> SociSymbolRecords::ListDuplicates(std::size_t groups_max) const {
  return WithoutThrowing("list duplicates", [&]() -> base::Result<std::vector<DuplicateSymbols>> {
    std::vector<DuplicateSymbols> groups;
    const std::lock_guard lock(state_.mutex);
    const soci::rowset<soci::row> rows =
        (state_.session.prepare
         << "SELECT sha256, CAST(count(*) AS TEXT), CAST(sum(stored_bytes) AS TEXT) FROM "
            "symbol_files WHERE sha256 <> '' GROUP BY sha256 HAVING count(*) > 1 "
            "ORDER BY sum(stored_bytes) DESC LIMIT " +
                std::to_string(groups_max));
    for (const soci::row& row : rows) {
      groups.push_back({.sha256 = row.get<std::string>(0),
                        .files = static_cast<std::uint64_t>(NumberAt(row, 1)),
                        .stored_bytes = static_cast<std::uint64_t>(NumberAt(row, 2))});
    }
    return groups;
  });
}

}  // namespace cairn::store
