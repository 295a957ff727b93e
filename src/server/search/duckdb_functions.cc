#include "server/search/duckdb_functions.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

// The arguments of a call for many rows at once; the first one is the same for all.
class Call {
 public:
  Call(duckdb_function_info info, duckdb_data_chunk input)
      : functions_(*static_cast<const DuckDbFunctions*>(duckdb_scalar_function_get_extra_info(info))),
        rows_(duckdb_data_chunk_get_size(input)),
        values_(duckdb_data_chunk_get_vector(input, 1)),
        validity_(duckdb_vector_get_validity(values_)) {
    const duckdb_vector names = duckdb_data_chunk_get_vector(input, 0);
    if (rows_ > 0) name_ = static_cast<const std::int64_t*>(duckdb_vector_get_data(names))[0];
  }

  const DuckDbFunctions& functions() const { return functions_; }
  idx_t rows() const { return rows_; }
  std::int64_t name() const { return name_; }
  duckdb_vector values() const { return values_; }
  bool IsAbsent(idx_t row) const {
    return validity_ != nullptr && !duckdb_validity_row_is_valid(validity_, row);
  }

 private:
  const DuckDbFunctions& functions_;
  idx_t rows_;
  duckdb_vector values_;
  std::uint64_t* validity_;
  std::int64_t name_ = 0;
};

void SetHas(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Call call(info, input);
  const std::shared_ptr<const NumberSet> set = call.functions().SetOf(call.name());
  if (set == nullptr) return duckdb_scalar_function_set_error(info, "no such set of numbers");
  const auto* const numbers = static_cast<const std::int64_t*>(duckdb_vector_get_data(call.values()));
  auto* const result = static_cast<bool*>(duckdb_vector_get_data(output));
  for (idx_t i = 0; i < call.rows(); ++i) result[i] = !call.IsAbsent(i) && set->Has(numbers[i]);
}

void SetHasAny(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Call call(info, input);
  const std::shared_ptr<const NumberSet> set = call.functions().SetOf(call.name());
  if (set == nullptr) return duckdb_scalar_function_set_error(info, "no such set of numbers");
  const auto* const lists = static_cast<const duckdb_list_entry*>(duckdb_vector_get_data(call.values()));
  const auto* const numbers =
      static_cast<const std::int64_t*>(duckdb_vector_get_data(duckdb_list_vector_get_child(call.values())));
  auto* const result = static_cast<bool*>(duckdb_vector_get_data(output));
  for (idx_t i = 0; i < call.rows(); ++i) {
    bool has = false;
    if (!call.IsAbsent(i)) {
      for (idx_t k = 0; k < lists[i].length && !has; ++k) has = set->Has(numbers[lists[i].offset + k]);
    }
    result[i] = has;
  }
}

// What the functions below give where there is no number.
constexpr std::int64_t kNone = -1;
static_assert(kNone == SignatureNumbers::kNone && kNone == NumberPlaces::kNone &&
              kNone == TextNumbers::kNone);

// Numbers of rows that are kNone are absent in SQL.
void MarkAbsent(duckdb_vector output, idx_t rows) {
  const auto* const numbers = static_cast<const std::int64_t*>(duckdb_vector_get_data(output));
  std::uint64_t* validity = nullptr;
  for (idx_t i = 0; i < rows; ++i) {
    if (numbers[i] != kNone) continue;
    if (validity == nullptr) {
      duckdb_vector_ensure_validity_writable(output);
      validity = duckdb_vector_get_validity(output);
    }
    duckdb_validity_set_row_invalid(validity, i);
  }
}

// Of each number of the call that of `table`.
template <typename Table>
void LookUp(const Call& call, const Table& table, duckdb_vector output) {
  const auto* const numbers = static_cast<const std::int64_t*>(duckdb_vector_get_data(call.values()));
  auto* const result = static_cast<std::int64_t*>(duckdb_vector_get_data(output));
  for (idx_t i = 0; i < call.rows(); ++i) result[i] = call.IsAbsent(i) ? kNone : table.Of(numbers[i]);
  MarkAbsent(output, call.rows());
}

void SignatureNumber(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Call call(info, input);
  const std::shared_ptr<SignatureView> view = call.functions().ViewOf(call.name());
  if (view == nullptr) return duckdb_scalar_function_set_error(info, "no such view of signatures");
  LookUp(call, view->table(), output);
}

void PlaceOf(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Call call(info, input);
  const std::shared_ptr<const NumberPlaces> places = call.functions().PlacesOf(call.name());
  if (places == nullptr) return duckdb_scalar_function_set_error(info, "no such places");
  LookUp(call, *places, output);
}

std::string_view TextAt(const duckdb_string_t* texts, idx_t row) {
  // The engine's functions take no pointer to constant texts.
  auto* const text = const_cast<duckdb_string_t*>(texts + row);
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

void TextNumber(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Call call(info, input);
  TextNumbers* const numbers = call.functions().TextsOf(call.name());
  if (numbers == nullptr) return duckdb_scalar_function_set_error(info, "no such texts");
  const auto* const values = static_cast<const duckdb_string_t*>(duckdb_vector_get_data(call.values()));
  std::vector<std::string_view> texts(call.rows());
  for (idx_t i = 0; i < call.rows(); ++i) {
    if (!call.IsAbsent(i)) texts[i] = TextAt(values, i);
  }
  numbers->Number(texts, static_cast<std::int64_t*>(duckdb_vector_get_data(output)));
  MarkAbsent(output, call.rows());
}

char Small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

void SameLetters(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  const idx_t rows = duckdb_data_chunk_get_size(input);
  if (rows == 0) return;
  const duckdb_vector column = duckdb_data_chunk_get_vector(input, 0);
  const auto* const texts = static_cast<const duckdb_string_t*>(duckdb_vector_get_data(column));
  std::uint64_t* const validity = duckdb_vector_get_validity(column);
  const std::string_view wanted = TextAt(
      static_cast<const duckdb_string_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 1))), 0);
  auto* const result = static_cast<bool*>(duckdb_vector_get_data(output));
  for (idx_t i = 0; i < rows; ++i) {
    result[i] = false;
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, i)) continue;
    const std::string_view text = TextAt(texts, i);
    result[i] = text.size() == wanted.size() &&
                (text == wanted || std::ranges::equal(text, wanted, {}, Small, Small));
  }
}

// Arguments from one on that are numbers, an absent one being -1.
class Numbers {
 public:
  Numbers(duckdb_data_chunk input, idx_t first) {
    const idx_t rows = duckdb_data_chunk_get_size(input);
    for (idx_t i = first; i < duckdb_data_chunk_get_column_count(input); ++i) {
      const duckdb_vector column = duckdb_data_chunk_get_vector(input, i);
      const auto* const data = static_cast<const std::int64_t*>(duckdb_vector_get_data(column));
      std::uint64_t* const validity = duckdb_vector_get_validity(column);
      columns_.push_back(data);
      if (validity == nullptr) continue;
      std::vector<std::int64_t>& copy = copies_.emplace_back(data, data + rows);
      for (idx_t row = 0; row < rows; ++row) {
        if (!duckdb_validity_row_is_valid(validity, row)) copy[row] = -1;
      }
      columns_.back() = copy.data();
    }
  }

  std::span<const std::int64_t* const> columns() const { return columns_; }

 private:
  std::deque<std::vector<std::int64_t>> copies_;
  std::vector<const std::int64_t*> columns_;
};

void GiveOnes(duckdb_data_chunk input, duckdb_vector output) {
  auto* const result = static_cast<std::int64_t*>(duckdb_vector_get_data(output));
  std::fill_n(result, duckdb_data_chunk_get_size(input), 1);
}

void CountInTally(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output,
                  const double* weights, idx_t first_key) {
  const Call call(info, input);
  Tally* const tally = call.functions().TallyOf(call.name());
  const Numbers keys(input, first_key);
  if (tally == nullptr) return duckdb_scalar_function_set_error(info, "no such tally");
  tally->Count(keys.columns(), weights, call.rows());
  GiveOnes(input, output);
}

void CountRows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  CountInTally(info, input, output, nullptr, 1);
}

void CountWeighedRows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const void* const weights = duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 1));
  CountInTally(info, input, output, static_cast<const double*>(weights), 2);
}

void CollectRows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const Call call(info, input);
  Collection* const collection = call.functions().CollectionOf(call.name());
  if (collection == nullptr) return duckdb_scalar_function_set_error(info, "no such collection");
  collection->Add(Numbers(input, 1).columns(), call.rows());
  GiveOnes(input, output);
}

enum class Arguments {
  kNameAndNumber,
  kNameAndList,
  kNameAndText,
  kNameAndNumbers,
  kTallyWeightAndKeys,
  kTexts
};

struct Function {
  const char* name;
  Arguments arguments;
  duckdb_type result;
  duckdb_scalar_function_t run;
};

constexpr Function kFunctions[] = {
    {"set_has", Arguments::kNameAndNumber, DUCKDB_TYPE_BOOLEAN, SetHas},
    {"set_has_any", Arguments::kNameAndList, DUCKDB_TYPE_BOOLEAN, SetHasAny},
    {"signature_number", Arguments::kNameAndNumber, DUCKDB_TYPE_BIGINT, SignatureNumber},
    {"place_of", Arguments::kNameAndNumber, DUCKDB_TYPE_BIGINT, PlaceOf},
    {"text_number", Arguments::kNameAndText, DUCKDB_TYPE_BIGINT, TextNumber},
    {"same_letters", Arguments::kTexts, DUCKDB_TYPE_BOOLEAN, SameLetters},
    {"tally", Arguments::kNameAndNumbers, DUCKDB_TYPE_BIGINT, CountRows},
    {"collect", Arguments::kNameAndNumbers, DUCKDB_TYPE_BIGINT, CollectRows},
    {"tally_weighed", Arguments::kTallyWeightAndKeys, DUCKDB_TYPE_BIGINT, CountWeighedRows},
};

class LogicalType {
 public:
  explicit LogicalType(duckdb_type type) : type_(duckdb_create_logical_type(type)) {}
  explicit LogicalType(const LogicalType& element) : type_(duckdb_create_list_type(element.type_)) {}
  LogicalType& operator=(const LogicalType&) = delete;
  ~LogicalType() { duckdb_destroy_logical_type(&type_); }
  duckdb_logical_type get() const { return type_; }

 private:
  duckdb_logical_type type_;
};

void AddArguments(duckdb_scalar_function made, Arguments arguments) {
  const LogicalType number(DUCKDB_TYPE_BIGINT);
  const LogicalType text(DUCKDB_TYPE_VARCHAR);
  const auto add = [&](const LogicalType& type) { duckdb_scalar_function_add_parameter(made, type.get()); };
  if (arguments == Arguments::kTexts) {
    add(text);
    add(text);
    return;
  }
  add(number);  // The name of the set, the places, the view, the texts or the tally.
  if (arguments == Arguments::kNameAndText) add(text);
  if (arguments == Arguments::kNameAndNumber) add(number);
  if (arguments == Arguments::kNameAndList) add(LogicalType(number));
  if (arguments == Arguments::kTallyWeightAndKeys) add(LogicalType(DUCKDB_TYPE_DOUBLE));
  if (arguments == Arguments::kNameAndNumbers || arguments == Arguments::kTallyWeightAndKeys) {
    duckdb_scalar_function_set_varargs(made, number.get());
    duckdb_scalar_function_set_volatile(made);  // Each call counts.
  }
}

bool RegisterOne(DuckConnection& connection, const Function& function, DuckDbFunctions* functions) {
  duckdb_scalar_function made = duckdb_create_scalar_function();
  duckdb_scalar_function_set_name(made, function.name);
  AddArguments(made, function.arguments);
  duckdb_scalar_function_set_return_type(made, LogicalType(function.result).get());
  duckdb_scalar_function_set_special_handling(made);  // Of absent arguments: the functions look themselves.
  duckdb_scalar_function_set_extra_info(made, functions, nullptr);
  duckdb_scalar_function_set_function(made, function.run);
  const bool ok = duckdb_register_scalar_function(connection.handle(), made) == DuckDBSuccess;
  duckdb_destroy_scalar_function(&made);
  return ok;
}

template <typename Pointer>
Pointer FindIn(const std::map<std::int64_t, Pointer>& kept, std::int64_t number) {
  const auto found = kept.find(number);
  return found == kept.end() ? nullptr : found->second;
}

}  // namespace

base::Status DuckDbFunctions::Register(DuckConnection& connection) {
  for (const Function& function : kFunctions) {
    if (!RegisterOne(connection, function, this)) return Error{Code::kIo, EIO, "functions of the index"};
  }
  return {};
}

DuckDbFunctions::Shared DuckDbFunctions::Share(NumberSet set) {
  const std::unique_lock lock(mutex_);
  sets_[next_] = std::make_shared<const NumberSet>(std::move(set));
  return {*this, next_++};
}

DuckDbFunctions::Shared DuckDbFunctions::Share(NumberPlaces places) {
  const std::unique_lock lock(mutex_);
  places_[next_] = std::make_shared<const NumberPlaces>(std::move(places));
  return {*this, next_++};
}

DuckDbFunctions::Shared DuckDbFunctions::ShareSignatures() {
  const std::unique_lock lock(mutex_);
  views_[next_] = std::make_shared<SignatureView>(signatures_);
  return {*this, next_++};
}

DuckDbFunctions::Shared DuckDbFunctions::Share(TextNumbers& texts) {
  const std::unique_lock lock(mutex_);
  texts_[next_] = &texts;
  return {*this, next_++};
}

DuckDbFunctions::Shared DuckDbFunctions::Share(Tally& tally) {
  const std::unique_lock lock(mutex_);
  tallies_[next_] = &tally;
  return {*this, next_++};
}

DuckDbFunctions::Shared DuckDbFunctions::Share(Collection& collection) {
  const std::unique_lock lock(mutex_);
  collections_[next_] = &collection;
  return {*this, next_++};
}

std::shared_ptr<const NumberPlaces> DuckDbFunctions::PlacesOf(std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return FindIn(places_, number);
}

TextNumbers* DuckDbFunctions::TextsOf(std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return FindIn(texts_, number);
}

Tally* DuckDbFunctions::TallyOf(std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return FindIn(tallies_, number);
}

Collection* DuckDbFunctions::CollectionOf(std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return FindIn(collections_, number);
}

std::shared_ptr<const NumberSet> DuckDbFunctions::SetOf(std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return FindIn(sets_, number);
}

std::shared_ptr<SignatureView> DuckDbFunctions::ViewOf(std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return FindIn(views_, number);
}

void DuckDbFunctions::Forget(std::int64_t number) {
  const std::unique_lock lock(mutex_);
  sets_.erase(number);
  places_.erase(number);
  texts_.erase(number);
  views_.erase(number);
  tallies_.erase(number);
  collections_.erase(number);
}

}  // namespace cairn::search
