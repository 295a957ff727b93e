#include "server/signing/healing.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "server/signing/signing_for_test.h"

namespace cairn::signing {
namespace {

using Names = std::vector<search::NamedFrame>;

// Crashes of which one module came without names, though it has some.
class ServerSigningHealing : public SigningTest {
 protected:
  static constexpr const char* kModule = "AB2";

  // The rows without the names of kModule, which are kept.
  std::vector<search::CrashRow> WithoutSymbols(const std::vector<search::CrashRow>& rows) {
    std::map<const search::SignatureInput*, search::SharedInput> made;
    std::vector<search::CrashRow> unnamed = rows;
    for (search::CrashRow& row : unnamed) {
      search::SharedInput& input = made[row.input.get()];
      if (input == nullptr) {
        search::SignatureInput::Parts parts = row.input->parts();
        parts.stack = WithoutNames(*parts.stack);
        input = search::MakeInput(std::move(parts));
        EXPECT_EQ(input->id(), row.input->id());
      }
      row.input = input;
    }
    return unnamed;
  }
  search::SharedStack WithoutNames(const search::RawStack& stack) {
    std::vector<search::StackFrame> frames = stack.frames();
    for (search::StackFrame& frame : frames) {
      if (frame.debug_id != kModule || frame.names.empty()) continue;
      symbols_[{frame.module_offset, frame.module}] = std::exchange(frame.names, {});
    }
    return search::MakeStack(std::move(frames));
  }

  HealOrder Order() {
    return {.debug_id = kModule, .name = [this](std::span<const search::StackFrame> addresses) {
              std::vector<search::StackFrame> named;
              for (search::StackFrame frame : addresses) {
                EXPECT_EQ(frame.debug_id, kModule);
                asked_.insert({frame.module_offset, frame.module});
                const auto found = symbols_.find({frame.module_offset, frame.module});
                if (found == symbols_.end()) continue;
                frame.names = found->second;
                named.push_back(std::move(frame));
              }
              return base::Result<std::vector<search::StackFrame>>(std::move(named));
            }};
  }

  // What all inputs are called in an index to which the rows came with their names.
  static auto Expected(const std::vector<search::CrashRow>& rows, const SettingsText& text) {
    struct Named : SigningTest {
      void TestBody() override {}
      auto Run(const std::vector<search::CrashRow>& all, const SettingsText& settings) {
        Save(settings);
        EXPECT_TRUE(signing_->Add(all));
        return ReadAll();
      }
    };
    return Named().Run(rows, text);
  }

  // Without their crashes.
  static std::map<std::int64_t, search::Signature> SignaturesOf(const auto& all) {
    std::map<std::int64_t, search::Signature> signatures;
    for (const auto& [id, called] : all) signatures[id] = called.signature;
    return signatures;
  }

  std::map<search::AddressPlace, Names> symbols_;
  std::set<search::AddressPlace> asked_;
};

TEST_F(ServerSigningHealing, LateSymbolsMakeWhatSymbolsInTimeHadMade) {
  Save(ListsForTest());
  const std::vector<search::CrashRow> rows = RandomCrashes(600, 3);
  ASSERT_TRUE(signing_->Add(WithoutSymbols(rows)));
  ASSERT_GE(symbols_.size(), 5U);
  const auto expected = Expected(rows, ListsForTest());
  ASSERT_FALSE(ReadAll() == expected);
  const auto healed = Heal(*signing_, *index_, Order());
  ASSERT_TRUE(healed) << base::Describe(healed.error());
  EXPECT_TRUE(ReadAll() == expected);
  EXPECT_TRUE(healed->is_done);
  EXPECT_EQ(healed->named, symbols_.size());
  EXPECT_EQ(healed->addresses, asked_.size());
  EXPECT_GT(healed->changed, 10U);
  EXPECT_LT(healed->inputs, expected.size()) << "others are not looked at";
  // A second time nothing is left to do.
  const auto again = Heal(*signing_, *index_, Order());
  EXPECT_EQ(again->inputs, healed->inputs);
  EXPECT_EQ(again->changed, 0U);
}

TEST_F(ServerSigningHealing, AModuleThatNobodyHasIsDoneAtOnce) {
  ASSERT_TRUE(signing_->Add(RandomCrashes(30, 3)));
  HealOrder order = Order();
  order.debug_id = "AB9";
  const auto healed = Heal(*signing_, *index_, order);
  ASSERT_TRUE(healed);
  EXPECT_EQ(*healed, (HealProgress{.are_named = true, .is_done = true}));
}

TEST_F(ServerSigningHealing, WhatWasKilledIsDoneByTheNextTry) {
  const std::vector<search::CrashRow> rows = RandomCrashes(300, 3);
  ASSERT_TRUE(signing_->Add(WithoutSymbols(rows)));
  signing_->WaitUntilSigned();  // Else what it signs at the start may come behind the names.
  HealOrder order = Order();
  order.on_progress = [](const HealProgress&) { return false; };
  const auto stopped = Heal(*signing_, *index_, order);
  ASSERT_TRUE(stopped && stopped->are_named && !stopped->is_done);
  EXPECT_FALSE(ReadAll() == Expected(rows, {})) << "names came, signatures did not";
  signing_.reset();
  index_.reset();
  index_ = *search::DuckDbIndex::Open(folder_.Path("index"));
  Open();
  ASSERT_TRUE(Heal(*signing_, *index_, Order()));
  EXPECT_TRUE(ReadAll() == Expected(rows, {}));
}

TEST_F(ServerSigningHealing, TroubleWithSymbolsIsTold) {
  ASSERT_TRUE(signing_->Add(RandomCrashes(300, 3)));
  HealOrder order = Order();
  order.name = [](std::span<const search::StackFrame>) -> base::Result<std::vector<search::StackFrame>> {
    return base::Error{base::Code::kIo, 0, "symbols"};
  };
  EXPECT_EQ(Heal(*signing_, *index_, order).error().code, base::Code::kIo);
}

// Crashes come in, rules change and another module is healed, all at once; in the end each input is called
// what its names and the rules in force make of it.
TEST_F(ServerSigningHealing, NothingThatHappensMeanwhileIsLeftWithAnOldSignature) {
  const std::vector<search::CrashRow> rows = RandomCrashes(900, 5);
  ASSERT_TRUE(signing_->Add(WithoutSymbols(rows)));
  std::atomic<bool> ends = false;
  std::thread comes_in([&] {
    for (unsigned seed = 10; !ends; ++seed) EXPECT_TRUE(signing_->Add(RandomCrashes(20, 10 + seed % 5)));
  });
  std::thread other([&] {
    HealOrder order = Order();
    order.debug_id = "AB3";
    order.name = [](std::span<const search::StackFrame>) -> base::Result<std::vector<search::StackFrame>> {
      return std::vector<search::StackFrame>();
    };
    while (!ends) EXPECT_TRUE(Heal(*signing_, *index_, order));
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(signing_->Save(i % 2 == 0 ? ListsForTest() : SettingsText(), {"ann", ""}));
    ASSERT_TRUE(Heal(*signing_, *index_, Order()));
  }
  ends = true;
  comes_in.join();
  other.join();
  signing_->WaitUntilSigned();
  const auto same = signing_->PreviewOf(ListsForTest());
  EXPECT_EQ(std::get<Preview>(*same).changed_inputs, 0U);
  const auto now = SignaturesOf(ReadAll());
  for (const auto& [id, signature] : SignaturesOf(Expected(rows, ListsForTest())))
    EXPECT_EQ(now.at(id), signature);
}

}  // namespace
}  // namespace cairn::signing
