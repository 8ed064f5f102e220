// How good the data of one source are, counted and never guessed.
#pragma once

#include <cstddef>
#include <vector>

#include "evidence/model.hpp"

namespace chartroom::evidence {

/// Counts over what a source says, duplicates included: a copy of somebody else's good entry is as
/// good. What is hidden (entered in error, refuted) does not count.
struct SourceQuality {
  std::size_t facts = 0;           ///< of all kinds but documents
  std::size_t coded = 0;           ///< with a code of a known code system
  std::size_t dated = 0;           ///< with a date of their own, not an inferred one
  std::size_t measured = 0;        ///< results and vital signs with a number
  std::size_t ranged = 0;          ///< of these, with the laboratory's reference range
  std::size_t sections = 0;        ///< of C-CDA documents, with something in them
  std::size_t narrative_only = 0;  ///< of these, without a coded entry
  std::size_t documents = 0;       ///< notes and other documents
  std::size_t losses = 0;          ///< parts that could not be placed

  /// 'A' when nine in ten facts are coded and nine in ten dated, 'B' seven, 'C' four, else 'D';
  /// '-' for a source that has no facts but documents, or nothing. The lesser of both shares
  /// decides. Reference ranges have no say: most laboratories' data come without.
  [[nodiscard]] char grade() const;
};

/// One for each of record.sources, in their order. Call after normalise(), which orders them.
[[nodiscard]] std::vector<SourceQuality> quality_of(const Record& record);

}  // namespace chartroom::evidence
