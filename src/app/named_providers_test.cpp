#include "app/named_providers.hpp"

#include <gtest/gtest.h>

namespace chartroom::app {
namespace {

Provider provider(const char* name, const char* organization) {
  Provider out;
  if (name != nullptr) out.name = name;
  if (organization != nullptr) out.organization_name = organization;
  return out;
}

const std::vector<Provider> kNamed{
    provider("Maxwell Forrest M.D.", "Brentwood North Family Practice"),
    provider(nullptr, "Kindred hospital"), provider("Émile Roux", nullptr)};

TEST(NamedProviders, AreFoundByNameOrOrganisation) {
  EXPECT_EQ(find_named_provider(kNamed, "Brentwood North Family Practice"), 0U);
  EXPECT_EQ(find_named_provider(kNamed, "FORREST, Maxwell MD"), 0U);
  EXPECT_EQ(find_named_provider(kNamed, "Kindred Hospital, Las Vegas"), 1U);
  EXPECT_EQ(find_named_provider(kNamed, "Emile Roux"), 2U);
}

TEST(NamedProviders, OthersAreNot) {
  for (const char* other : {"", "Hospital", "Kindred", "Brentwood South Family Practice", "M.D.",
                            "Hill Street Clinic"}) {
    EXPECT_EQ(find_named_provider(kNamed, other), std::nullopt) << other;
  }
  EXPECT_EQ(find_named_provider({}, "Kindred hospital"), std::nullopt);
}

TEST(NamedProviders, WhatFitsTwoIsNeither) {
  EXPECT_EQ(find_named_provider({provider(nullptr, "Kindred Hospital North"),
                                 provider(nullptr, "Kindred Hospital South")},
                                "Kindred Hospital"),
            std::nullopt);
}

}  // namespace
}  // namespace chartroom::app
