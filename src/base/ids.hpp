// Identifiers in the shapes of the wire contract (§1.4).
#pragma once

#include <string>
#include <string_view>

#include "base/ports.hpp"

namespace chartroom::base {

/// RFC 9562 UUID version 7: the time first, so that keys made later sort later (to a millisecond).
[[nodiscard]] std::string make_uuid_v7(TimePoint now, Random& random);
/// RFC 9562 UUID version 4, for ids that must not tell when they were made.
[[nodiscard]] std::string make_uuid_v4(Random& random);
/// RFC 9562 UUID version 8 from SHA-256: the same name always gives the same id. For things that
/// must be stored once however often the work that makes them is done.
[[nodiscard]] std::string make_uuid_from_name(std::string_view name);
/// The same, sorting beside `other`, a UUID that begins with a time: with the same time in front.
/// Keys of one order then lie side by side in an index, and those of new orders at its end, so that
/// a store of millions is not written to all over. `other` without a time gives one without.
[[nodiscard]] std::string make_uuid_from_name(std::string_view name, std::string_view other);
/// `digits` lower-case hex digits (an even number): clientId 40, subscription id 24.
[[nodiscard]] std::string make_hex_id(std::size_t digits, Random& random);
/// The same, eight digits of time in front (seconds since 1970), so that keys made later sort
/// later: humanId 32, userId 24.
[[nodiscard]] std::string make_hex_id(std::size_t digits, TimePoint now, Random& random);
/// URL-safe base64 without padding of `bytes` random bytes: secrets.
[[nodiscard]] std::string make_secret(std::size_t bytes, Random& random);

}  // namespace chartroom::base
