// Foreign PDFs: opened with care, shown as pictures of their pages, never with what they could do.
#pragma once

#include <memory>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace chartroom::report::pdf {

inline constexpr std::size_t kReceivedPages = 3'000;  ///< of one PDF
inline constexpr std::size_t kReceivedPageBytes =
    std::size_t{64} * 1024 * 1024;  ///< decoded content of a page

/// A PDF in memory. `bytes` backs the document, which reads lazily.
struct Received {
  std::string bytes;
  QPDF document;
  std::vector<QPDFPageObjectHelper> pages;
  Received() = default;
  Received(const Received&) = delete;
  Received& operator=(const Received&) = delete;
};

/// Opens and checks a PDF: it must parse (repaired where qpdf can), need no password, and have
/// between one and kReceivedPages pages whose decoded contents are of a sane size. What is visible
/// of annotations and form fields is drawn into the pages; the interactive rest stays behind.
/// Errors: corrupt, too_large (messages name no content).
[[nodiscard]] base::Result<std::shared_ptr<Received>> open_received(std::string bytes);

/// Takes away whatever acts, calls out or hides data, from `root` and all it refers to: actions,
/// scripts, launch targets, embedded files, references to other files, private application data.
void strip_active(QPDFObjectHandle root);

}  // namespace chartroom::report::pdf
