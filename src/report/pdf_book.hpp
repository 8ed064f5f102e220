// Documents under construction in one QPDF: what stands in a report of its own and in a combined
// one is made once and written twice.
#pragma once

#include <map>
#include <memory>
#include <qpdf/QPDF.hh>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "report/document.hpp"

namespace chartroom::report::pdf {

/// A bookmark of a sheaf, on its page number (from 0). Levels count from 1.
struct SheafBookmark {
  int level = 1;
  std::string title;
  int page = 0;
  double top = 0;          ///< in the page's coordinates, upwards
  bool own_words = false;  ///< as Heading has it
};

/// The pages of one document, in a book.
struct Sheaf {
  struct Page {
    QPDFObjectHandle object;
    QPDFObjectHandle contents;  ///< without what a combined report adds
    QPDFObjectHandle resources;
  };
  std::vector<Page> pages;
  std::vector<SheafBookmark> bookmarks;
  QPDFObjectHandle structure = QPDFObjectHandle::newNull();  ///< its topmost element, or null
  /// Entries of the parent tree (PDF 32000-1, 14.7.4.4); keys are unique in the book and rise.
  std::vector<std::pair<long long, QPDFObjectHandle>> parents;
  bool archival = false;  ///< we drew every page: may claim PDF/A
};

/// Not thread-safe.
class Book {
 public:
  Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  /// Streams copied from another QPDF are read when they are written: it must live until then.
  void keep(std::shared_ptr<void> source) { sources_.push_back(std::move(source)); }

  [[nodiscard]] QPDF& pdf() { return pdf_; }
  long long next_key = 0;  ///< free in the parent tree

  /// A stream that is compressed now, so that each writing only copies it.
  [[nodiscard]] QPDFObjectHandle stream(std::string_view data);
  /// A short stream, left as it is.
  [[nodiscard]] QPDFObjectHandle short_stream(const std::string& data);
  /// What the colors mean (sRGB).
  [[nodiscard]] QPDFObjectHandle output_intents() const { return intents_; }
  /// An indirect object for each different attribute dictionary of the structure tree.
  [[nodiscard]] QPDFObjectHandle attributes(const std::string& source);
  /// The name "/type", and a number of marked content: of a thousand pages there are hundreds of
  /// thousands, so equal ones are the same object. Not to be changed.
  [[nodiscard]] QPDFObjectHandle type_name(const std::string& type);
  [[nodiscard]] QPDFObjectHandle mark(int number);

 private:
  void make_output_intents();

  std::vector<std::shared_ptr<void>> sources_;  // outlive pdf_
  QPDF pdf_;
  QPDFObjectHandle intents_ = QPDFObjectHandle::newNull();
  std::vector<std::pair<std::string, QPDFObjectHandle>> attributes_;
  std::map<std::string, QPDFObjectHandle> type_names_;
  std::vector<QPDFObjectHandle> marks_;  ///< by number
};

/// A length in points, to a hundredth.
[[nodiscard]] QPDFObjectHandle coordinate(double value);
/// "[page /XYZ null top null]"
[[nodiscard]] QPDFObjectHandle destination(const QPDFObjectHandle& page, double top);

/// The file of one sheaf. Throws what qpdf throws.
[[nodiscard]] std::string write_sheaf(Book& book, const Document& about, const Sheaf& sheaf);

/// A sheaf with the title of its bookmark.
struct Bound {
  std::string title;
  const Sheaf* sheaf = nullptr;
};

/// The file of several sheaves, numbered throughout: "n / m" in the top right corner of every page.
/// Throws what qpdf throws.
[[nodiscard]] std::string write_bound(Book& book, const Document& about, const Sheaf& cover,
                                      const std::vector<Bound>& parts);

/// "D:20260314092653Z", for document information dictionaries.
[[nodiscard]] std::string pdf_date(base::TimePoint time);

}  // namespace chartroom::report::pdf
