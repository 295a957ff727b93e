// What statements ask of this process's memory, as functions of SQL:
//
//   set_has(set, number)      whether a NumberSet has the number; false of an absent one
//   set_has_any(set, numbers) whether it has any of a list's
//   signature_number(view, input)   of today; absent if the input has no signature
//   same_letters(text, ascii)       whether they are equal but for the case of ASCII letters; false of an
//                                   absent text
//   text_number(numbers, text)      of TextNumbers; absent of an absent text
//   place_of(places, number)        of NumberPlaces; absent if it has none
//   tally(tally, key, ...)          has a Tally count the row, and gives 1
//   tally_weighed(tally, weight, key, ...)   likewise
//   collect(collection, number, ...)   has a Collection keep the row, and gives 1
//
// A scan that asks a bit for each row is several times faster than a join with a table of the numbers, above
// all over lists. What they are about are named by numbers that Share gives, and are there for as long as
// what it returns. The functions run on the engine's threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "server/search/collection.h"
#include "server/search/duckdb_connection.h"
#include "server/search/number_places.h"
#include "server/search/number_set.h"
#include "server/search/signature_numbers.h"
#include "server/search/tally.h"
#include "server/search/text_numbers.h"

namespace cairn::search {

// Arguments of collect behind the first.
inline constexpr std::size_t kMaxCollectedColumns = 16;

// The signatures as they are when a statement first asks, and so for all statements of a search: by then
// what it reads is settled, so that there are signatures for all of it.
class SignatureView {
 public:
  explicit SignatureView(const SignatureNumbers& numbers) : numbers_(numbers) {}
  const SignatureNumbers::Table& table() {
    std::call_once(once_, [this] { table_ = numbers_.Now(); });
    return *table_;
  }

 private:
  const SignatureNumbers& numbers_;
  std::once_flag once_;
  std::shared_ptr<const SignatureNumbers::Table> table_;
};

class DuckDbFunctions {
 public:
  // For as long as this is there, statements can name the thing.
  class Shared {
   public:
    Shared(DuckDbFunctions& functions, std::int64_t number) : functions_(&functions), number_(number) {}
    Shared(Shared&& other) noexcept
        : functions_(std::exchange(other.functions_, nullptr)), number_(other.number_) {}
    Shared& operator=(Shared&&) = delete;
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() {
      if (functions_ != nullptr) functions_->Forget(number_);
    }
    std::string name() const { return std::to_string(number_); }

   private:
    DuckDbFunctions* functions_;
    std::int64_t number_;
  };

  // Makes them known to the connection's database, which must not outlive this.
  base::Status Register(DuckConnection& connection);

  Shared Share(NumberSet set);
  Shared Share(NumberPlaces places);
  Shared ShareSignatures();
  // They must live for as long as they are shared.
  Shared Share(TextNumbers& texts);
  Shared Share(Tally& tally);
  Shared Share(Collection& collection);

  SignatureNumbers& signatures() { return signatures_; }

  // For the functions: null if there is none of this number.
  std::shared_ptr<const NumberSet> SetOf(std::int64_t number) const;
  std::shared_ptr<const NumberPlaces> PlacesOf(std::int64_t number) const;
  std::shared_ptr<SignatureView> ViewOf(std::int64_t number) const;
  TextNumbers* TextsOf(std::int64_t number) const;
  Tally* TallyOf(std::int64_t number) const;
  Collection* CollectionOf(std::int64_t number) const;

 private:
  void Forget(std::int64_t number);

  SignatureNumbers signatures_;
  mutable std::shared_mutex mutex_;
  std::int64_t next_ = 1;  // GUARDED_BY(mutex_), as are the maps.
  std::map<std::int64_t, std::shared_ptr<const NumberSet>> sets_;
  std::map<std::int64_t, std::shared_ptr<const NumberPlaces>> places_;
  std::map<std::int64_t, std::shared_ptr<SignatureView>> views_;
  std::map<std::int64_t, TextNumbers*> texts_;
  std::map<std::int64_t, Tally*> tallies_;
  std::map<std::int64_t, Collection*> collections_;
};

}  // namespace cairn::search
