// What the use cases share. Private to this room.
#pragma once

#include <functional>
#include <map>

#include "app/desk.hpp"
#include "app/ports.hpp"
#include "app/store.hpp"

namespace chartroom::app {

inline constexpr const char* kCommandJob = "order.command";
inline constexpr const char* kRetrieveJob = "retrieve";
inline constexpr const char* kBuildJob = "build";
inline constexpr const char* kDeliverJob = "deliver";
inline constexpr const char* kPurgeJob = "purge";
inline constexpr const char* kMailJob = "mail";
inline constexpr const char* kShipJob = "ship";

/// The documented answer to a known clientUserId with another e-mail address (contract §3.2.7).
inline constexpr const char* kOtherLogin =
    "Unable to match the login of the new user to an existing user found for that user";

/// A lost race for an order's version is tried again this often before the caller hears of it.
inline constexpr int kConflictTries = 20;

/// True for the error of a commit whose compare-and-set or unique key did not hold.
[[nodiscard]] inline bool is_conflict(const base::Error& error) {
  return error.code == base::ErrorCode::conflict;
}

}  // namespace chartroom::app
