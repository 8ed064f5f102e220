#include "http/multipart.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace chartroom::http {
namespace {

using base::ErrorCode;
using base::fail;
using base::pass_on;
using base::Result;

constexpr std::string_view kLineEnd = "\r\n";

tl::unexpected<base::Error> malformed(const char* why) {
  return fail(ErrorCode::invalid_input, why);
}

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// RFC 2046 §5.1.1: 1 to 70 characters, the last of them no space.
bool is_boundary(std::string_view text) {
  constexpr std::size_t kLongest = 70;
  if (text.empty() || text.size() > kLongest || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
  });
}

struct Parameter {
  std::string name;  ///< lower case
  std::string value;
};

/// "; name=value; name="value"" to its end. A quoted value is taken as it stands: browsers write a
/// quote in it as %22 and know no backslash escapes (WHATWG HTML, multipart/form-data encoding).
Result<std::vector<Parameter>> read_parameters(std::string_view text) {
  constexpr std::size_t kMost = 8;
  std::vector<Parameter> parameters;
  for (text = base::trim(text); !text.empty(); text = base::trim(text)) {
    if (text.front() != ';' || parameters.size() == kMost) return malformed("malformed parameters");
    text = base::trim(text.substr(1));
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !is_token(text.substr(0, equals))) {
      return malformed("malformed parameters");
    }
    Parameter parameter{base::to_lower_ascii(text.substr(0, equals)), {}};
    text.remove_prefix(equals + 1);
    std::size_t end = 0;
    if (text.starts_with('"')) {
      end = text.find('"', 1);
      if (end == std::string_view::npos) return malformed("malformed parameters");
      parameter.value = text.substr(1, end - 1);
      ++end;
    } else {
      end = std::min(text.find_first_of("; \t"), text.size());
      if (!is_token(text.substr(0, end))) return malformed("malformed parameters");
      parameter.value = text.substr(0, end);
    }
    text.remove_prefix(end);
    const bool is_repeated =
        std::any_of(parameters.begin(), parameters.end(),
                    [&](const Parameter& other) { return other.name == parameter.name; });
    if (is_repeated) return malformed("malformed parameters");
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

/// Undoes the three escapes that browsers write into names: %22, %0D and %0A.
std::string unescape(std::string_view text) {
  constexpr std::size_t kEscape = 3;
  std::string out;
  while (!text.empty()) {
    const auto escape = base::to_lower_ascii(text.substr(0, kEscape));
    if (escape == "%22" || escape == "%0d" || escape == "%0a") {
      out += escape == "%22" ? '"' : ' ';
      text.remove_prefix(kEscape);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

Result<void> read_disposition(std::string_view value, FormPart& part) {
  const auto semicolon = std::min(value.find(';'), value.size());
  if (!base::equals_ignoring_case_ascii(base::trim(value.substr(0, semicolon)), "form-data")) {
    return malformed("a part is not form-data");
  }
  const auto parameters = read_parameters(value.substr(semicolon));
  if (!parameters) return pass_on(parameters.error());
  bool has_name = false;
  for (const Parameter& parameter : *parameters) {
    if (parameter.name == "name") {
      part.name = unescape(parameter.value);
      has_name = true;
    } else if (parameter.name == "filename") {
      part.file_name = unescape(parameter.value);
    } else {
      return malformed("unknown disposition parameter");
    }
  }
  if (!has_name) return malformed("a part has no name");
  return {};
}

/// The header lines of a part, without the empty line behind them.
Result<void> read_head(std::string_view head, FormPart& part) {
  bool has_disposition = false;
  while (!head.empty()) {
    const auto end = std::min(head.find(kLineEnd), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + kLineEnd.size(), head.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      return malformed("malformed part header");
    }
    // Before anything is trimmed: what some readers take for a line's end must not be at an edge.
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      return malformed("malformed part header");
    }
    const auto name = base::to_lower_ascii(line.substr(0, colon));
    const auto value = base::trim(line.substr(colon + 1));
    if (name == "content-disposition") {
      if (std::exchange(has_disposition, true)) return malformed("malformed part header");
      if (auto read = read_disposition(value, part); !read) return read;
    } else if (name == "content-type") {
      part.content_type = value;
    } else if (name == "content-transfer-encoding") {
      return malformed("transfer encodings are not supported");
    }
  }
  if (!has_disposition) return malformed("a part has no disposition");
  return {};
}

Result<std::string> boundary_of(std::string_view content_type) {
  const auto parameters =
      read_parameters(content_type.substr(std::min(content_type.find(';'), content_type.size())));
  if (!parameters) return pass_on(parameters.error());
  for (const Parameter& parameter : *parameters) {
    if (parameter.name == "boundary" && is_boundary(parameter.value)) return parameter.value;
  }
  return malformed("no boundary");
}

}  // namespace

bool is_multipart_form(std::string_view content_type) {
  return base::equals_ignoring_case_ascii(
      base::trim(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

Result<std::vector<FormPart>> parse_multipart(std::string_view content_type, std::string_view body,
                                              const MultipartLimits& limits) {
  if (!is_multipart_form(content_type)) return malformed("not multipart/form-data");
  const auto boundary = boundary_of(content_type);
  if (!boundary) return pass_on(boundary.error());
  const std::string delimiter = std::string(kLineEnd) + "--" + *boundary;

  const std::string_view opening = std::string_view(delimiter).substr(kLineEnd.size());
  if (!body.starts_with(opening)) return malformed("the body does not begin with the boundary");
  body.remove_prefix(opening.size());
  std::vector<FormPart> parts;
  while (body.starts_with(kLineEnd)) {
    if (parts.size() == limits.parts) return fail(ErrorCode::too_large, "too many parts");
    // A part without header lines has no name and is none of a form: the blank line never comes
    // first, so searching from the delimiter's own line end finds a head that is too short.
    constexpr std::string_view kHeadEnd = "\r\n\r\n";
    const auto head_end =
        body.substr(0, limits.head_bytes + kLineEnd.size() + kHeadEnd.size()).find(kHeadEnd);
    if (head_end == std::string_view::npos) {
      return body.size() > limits.head_bytes
                 ? fail(ErrorCode::too_large, "a part's head is too long")
                 : malformed("a part's head does not end");
    }
    FormPart part;
    const auto head = head_end < kLineEnd.size()
                          ? std::string_view()
                          : body.substr(kLineEnd.size(), head_end - kLineEnd.size());
    if (auto read = read_head(head, part); !read) return pass_on(read.error());
    body.remove_prefix(head_end + kHeadEnd.size() - kLineEnd.size());
    // From here `body` begins with the blank line's end, so that empty content finds its delimiter.
    const auto content_end = body.find(delimiter);
    if (content_end == std::string_view::npos) return malformed("a part does not end");
    if (content_end >= kLineEnd.size()) {
      part.content = body.substr(kLineEnd.size(), content_end - kLineEnd.size());
    } else if (content_end != 0) {
      return malformed("a part does not end");
    }
    body.remove_prefix(content_end + delimiter.size());
    parts.push_back(std::move(part));
  }
  if (body != "--" && body != "--\r\n") return malformed("the closing boundary is missing");
  return parts;
}

}  // namespace chartroom::http
