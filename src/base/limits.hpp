// Every limit that concerns more than one room, with its unit in the name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chartroom::base::limits {

inline constexpr std::size_t kBodyBytes = std::size_t{25} * 1024 * 1024;  ///< HTTP request body
inline constexpr std::size_t kHeaderBytes = std::size_t{16} * 1024;       ///< HTTP request head
inline constexpr std::size_t kAttachmentBytes = std::size_t{10} * 1024 * 1024;  ///< decoded, each
inline constexpr std::size_t kAttachments = 10;                                 ///< per order
inline constexpr std::size_t kProviders = 50;                                   ///< per order
inline constexpr std::size_t kListEntries = 100;             ///< conditions, suggestedSources
inline constexpr std::size_t kFieldCodePoints = 1'000;       ///< any text field without its own
inline constexpr std::size_t kIdCodePoints = 256;            ///< clientUserId, clientProviderId
inline constexpr std::size_t kClientDataCharacters = 2'048;  ///< contract §12
inline constexpr std::size_t kIdempotencyKeyBytes = 255;
inline constexpr std::size_t kAskIdBytes = 200;             ///< a vendor's id of a fee or question
inline constexpr std::size_t kAskerCodePoints = 200;        ///< who wants a fee or an answer
inline constexpr std::size_t kQuestionCodePoints = 2'000;   ///< a vendor's question
inline constexpr std::size_t kAnswerCodePoints = 1'000;     ///< the answer to it
inline constexpr std::size_t kChoices = 20;                 ///< answers that a question offers
inline constexpr std::size_t kChoiceCodePoints = 200;       ///< one of them
inline constexpr std::int64_t kFeeMinorMost = 100'000'000;  ///< in the currency's smallest unit
inline constexpr std::size_t kDocumentBytes =
    std::size_t{50} * 1024 * 1024;  ///< one retrieved document
inline constexpr std::size_t kDocumentsPerOrder = 2'000;
inline constexpr std::size_t kOrderRawBytes =
    std::size_t{1024} * 1024 * 1024;  ///< all documents of an order
inline constexpr std::size_t kXmlDepth = 256;
inline constexpr std::size_t kJsonDepth = 256;
inline constexpr std::size_t kPageSize = 50;  ///< list answers, default
inline constexpr std::size_t kPageSizeMost = 500;

inline constexpr std::chrono::hours kTokenLife{24};  ///< client, access and id tokens, at most
inline constexpr std::chrono::seconds kTokenLifeLeast{60};
inline constexpr std::chrono::hours kRefreshTokenLife{30 * 24};
inline constexpr std::chrono::hours kConsumerLinkLife{8};
inline constexpr std::chrono::hours kIdempotencyLife{24};

}  // namespace chartroom::base::limits
