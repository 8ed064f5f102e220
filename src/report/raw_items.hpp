// What a fact was read from: the resource or entry of the received item, as text.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/document.hpp"
#include "report/lens.hpp"

namespace chartroom::report {

inline constexpr std::size_t kRawPieceBytes = 6'000;             ///< of one piece; the rest is cut
inline constexpr std::size_t kRawBytes = std::size_t{3} << 20U;  ///< of all pieces of a document

/// Finds pieces of the items in OrderContext::raw_items by the locators of facts. Each item is
/// looked through once. Items that are not at hand or that cannot be read have no pieces.
class RawItems {
 public:
  /// The lens must outlive it.
  explicit RawItems(const Lens& lens) : lens_(lens) {}

  /// Pieces by locator, of those that are wanted: FHIR resources with their own characters, laid
  /// out anew; C-CDA entries as XML.
  [[nodiscard]] std::map<std::string, std::string> pieces(
      std::size_t source, const std::vector<std::string>& locators) const;

  /// PDFs and scans that documents of a FHIR item carry, by the locator of the document: in the
  /// resource itself or as a Binary of the same item. Broken base64 and other kinds are left out.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> documents(
      std::size_t source, const std::vector<std::string>& locators) const;

  [[nodiscard]] const Lens& lens() const { return lens_; }

 private:
  /// Whole resources of a FHIR item, as received.
  [[nodiscard]] std::map<std::string, std::string> resources(
      std::size_t source, const std::vector<std::string>& locators) const;

  const Lens& lens_;
};

/// Fills document.raw_items with what the spans of the document name.
void attach_raw_items(Document& document, const RawItems& raw);

/// JSON text with line feeds and two blanks per level; tokens stay as they are.
[[nodiscard]] std::string laid_out_json(std::string_view json);

}  // namespace chartroom::report
