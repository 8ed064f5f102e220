// multipart/form-data as browsers send it (RFC 7578, with the delimiters of RFC 2046 §5.1.1). Pure.
//
// Deliberately narrower than the RFCs: no preamble, no padding behind a delimiter, no nested
// multiparts, no transfer encodings and no filename*, which RFC 7578 §4.2 forbids. No browser and
// no common client sends any of these, and what is not read cannot be read in two ways.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace chartroom::http {

struct FormPart {
  std::string name;
  std::optional<std::string> file_name;  ///< empty text: a file field without a file
  std::string content_type;              ///< as sent; empty when absent
  std::string_view content;              ///< points into the parsed body
};

struct MultipartLimits {
  std::size_t parts = 100;
  std::size_t head_bytes = std::size_t{4} * 1024;  ///< all header lines of a part
};

/// Whether a content-type value names multipart/form-data.
[[nodiscard]] bool is_multipart_form(std::string_view content_type);

/// Takes the body apart; parts in their order, names may repeat. The body must outlive the parts.
/// Time and memory are linear in the body's size, which the server has limited already.
/// Errors: invalid_input (not a well-formed body of that boundary), too_large (a limit of
/// `limits`). Messages are fixed words without anything of the body.
[[nodiscard]] base::Result<std::vector<FormPart>> parse_multipart(
    std::string_view content_type, std::string_view body, const MultipartLimits& limits = {});

}  // namespace chartroom::http
