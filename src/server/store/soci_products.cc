// The products and the audit of SociDirectory.
#include <algorithm>
#include <utility>

#include "server/store/soci_directory.h"
#include "server/store/soci_store.h"
#include "server/store/sqlite_database.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr const char* kSelectProducts =
    "SELECT name, crashes, symbols, CAST(report_days AS TEXT), CAST(ping_days AS TEXT) FROM products ";

std::string TextOf(Visibility visibility) { return visibility == Visibility::kPublic ? "public" : "token"; }

// What this version does not know is not public.
Visibility VisibilityOf(const std::string& text) {
  return text == "public" ? Visibility::kPublic : Visibility::kByToken;
}

Product ProductOf(const soci::row& row) {
  Product product;
  product.name = row.get<std::string>(0);
  product.crashes = VisibilityOf(row.get<std::string>(1));
  product.symbols = VisibilityOf(row.get<std::string>(2));
  product.report_days = NumberOrNothing(NumberAt(row, 3));
  product.ping_days = NumberOrNothing(NumberAt(row, 4));
  return product;
}

std::string CutText(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  return std::string(text.substr(0, kMaxDirectoryTextLength));
}

}  // namespace

base::Status SociDirectory::SetProduct(const Product& product) {
  const auto is_days = [](const std::optional<std::int64_t>& days) { return !days || *days >= 1; };
  if (product.name.empty() || !IsValidText(product.name)) return Error{Code::kBadValue, 0, "product name"};
  if (!is_days(product.report_days) || !is_days(product.ping_days)) {
    return Error{Code::kBadValue, 0, "days that a product's crashes are kept"};
  }
  return WithoutThrowing("set product", [&]() -> base::Status {
    const std::string crashes = TextOf(product.crashes);
    const std::string symbols = TextOf(product.symbols);
    const long long report_days = product.report_days.value_or(0);
    const long long ping_days = product.ping_days.value_or(0);
    const std::lock_guard lock(state_->mutex);
    state_->session
        << "INSERT INTO products (name, crashes, symbols, report_days, ping_days) "
           "VALUES (:name, :crashes, :symbols, :reports, :pings) ON CONFLICT (name) DO UPDATE SET "
           "crashes = excluded.crashes, symbols = excluded.symbols, "
           "report_days = excluded.report_days, ping_days = excluded.ping_days",
        soci::use(product.name), soci::use(crashes), soci::use(symbols), soci::use(report_days),
        soci::use(ping_days);
    return {};
  });
}

base::Result<std::optional<Product>> SociDirectory::FindProduct(const std::string& name) const {
  if (!IsValidText(name)) return std::optional<Product>();
  return WithoutThrowing("find product", [&]() -> base::Result<std::optional<Product>> {
    const std::string select = std::string(kSelectProducts) + "WHERE name = :name";
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select, soci::use(name));
    for (const soci::row& row : rows) return std::optional<Product>(ProductOf(row));
    return std::optional<Product>();
  });
}

base::Result<std::vector<Product>> SociDirectory::ListProducts() const {
  return WithoutThrowing("list products", [&]() -> base::Result<std::vector<Product>> {
    const std::string select = std::string(kSelectProducts) + "ORDER BY name";
    std::vector<Product> products;
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select);
    for (const soci::row& row : rows) products.push_back(ProductOf(row));
    return products;
  });
}

base::Status SociDirectory::RemoveProduct(const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<Product> found, FindProduct(name));
  if (!found) return Error{Code::kNotFound, 0, "product"};
  return WithoutThrowing("remove product", [&]() -> base::Status {
    const std::lock_guard lock(state_->mutex);
    state_->session << "DELETE FROM products WHERE name = :name", soci::use(name);
    return {};
  });
}

base::Status SociDirectory::RecordAll(std::span<const AuditEntry> entries) {
  return WithoutThrowing("write audit", [&]() -> base::Status {
    const long long when_ms = state_->clock();
    const std::lock_guard lock(state_->mutex);
    soci::transaction transaction(state_->session);
    for (const AuditEntry& entry : entries) {
      const std::string who = CutText(entry.who);
      const std::string action = CutText(entry.action);
      const std::string object = CutText(entry.object);
      state_->session
          << "INSERT INTO audit (when_ms, who, action, object) VALUES (:when, :who, :action, :object)",
          soci::use(when_ms), soci::use(who), soci::use(action), soci::use(object);
    }
    transaction.commit();
    return {};
  });
}

base::Status SociDirectory::ReplaceObjects(std::span<const std::pair<std::string, std::string>> objects) {
  std::vector<std::string> gone;
  for (const auto& [object, other] : objects) gone.push_back(object);
  return WithoutThrowing("change audit", [&]() -> base::Status {
    const std::lock_guard lock(state_->mutex);
    soci::transaction transaction(state_->session);
    for (const auto& [object, other] : objects) {
      state_->session << "UPDATE audit SET object = :other WHERE object = :object", soci::use(other),
          soci::use(object);
    }
    transaction.commit();
    ASSIGN_OR_RETURN(SqliteDatabase database, SqliteDatabase::Open(state_->path));
    return database.Scrub(gone);
  });
}

base::Result<std::vector<AuditEntry>> SociDirectory::ListAudit(std::int64_t before_id,
                                                               std::size_t entries_max) const {
  return WithoutThrowing("list audit", [&]() -> base::Result<std::vector<AuditEntry>> {
    const long long before = before_id;
    const long long count = static_cast<long long>(std::min<std::size_t>(entries_max, 1'000'000));
    std::vector<AuditEntry> entries;
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows =
        (state_->session.prepare
             << "SELECT CAST(id AS TEXT), CAST(when_ms AS TEXT), who, action, object FROM audit "
                "WHERE :before = 0 OR id < :before2 ORDER BY id DESC LIMIT :count",
         soci::use(before), soci::use(before), soci::use(count));
    for (const soci::row& row : rows) {
      entries.push_back({.id = NumberAt(row, 0),
                         .when_ms = NumberAt(row, 1),
                         .who = row.get<std::string>(2),
                         .action = row.get<std::string>(3),
                         .object = row.get<std::string>(4)});
    }
    return entries;
  });
}

}  // namespace cairn::store
