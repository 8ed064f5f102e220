// Short words for the two halves of the analyte table. Private to this room.
#pragma once

#include "evidence/analytes.hpp"

namespace chartroom::evidence::analyte_words {

inline constexpr auto kBlood = Specimen::blood;
inline constexpr auto kUrine = Specimen::urine;
inline constexpr auto kNote = Attention::note;
inline constexpr auto kAmber = Attention::amber;
inline constexpr auto kRed = Attention::red;

}  // namespace chartroom::evidence::analyte_words
