#include "pages/form.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "http/multipart.hpp"
#include "http/target.hpp"

namespace chartroom::pages {
namespace {

/// One line of valid UTF-8: control characters, which a single-line field has none of, become
/// spaces.
std::string clean(std::string_view raw) {
  std::string text = base::to_valid_utf8(raw);
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return std::string(base::trim(text));
}

/// A url-encoded body with spaces for pasted tabs and line ends, which a query must not hold. A "%"
/// always begins an escape, so that none is found where there is none.
std::string without_line_ends(std::string_view body) {
  constexpr std::size_t kEscape = 3;
  std::string out;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const auto escape = base::to_lower_ascii(body.substr(i, kEscape));
    if (escape == "%09" || escape == "%0a" || escape == "%0d") {
      out += '+';
      i += kEscape - 1;
    } else {
      out += body[i];
    }
  }
  return out;
}

}  // namespace

base::Result<Form> Form::read(const http::Request& request) {
  using base::ErrorCode;
  Form form;
  const std::string_view type = request.header("content-type").value_or("");
  if (http::is_multipart_form(type)) {
    const auto parts = http::parse_multipart(type, request.body, {.parts = kFormFields});
    if (!parts) return base::pass_on(parts.error());
    std::size_t bytes = 0;
    for (const http::FormPart& part : *parts) {
      if (part.file_name) {
        const bool is_chosen = !part.file_name->empty() || !part.content.empty();
        if (is_chosen) form.files_.emplace_back(part.name, part.content);
        continue;
      }
      bytes += part.content.size();
      if (bytes > kFormBytes) return base::fail(ErrorCode::too_large, "the form is too long");
      form.fields_.emplace_back(part.name, clean(part.content));
    }
    return form;
  }
  if (request.media_type() != "application/x-www-form-urlencoded") {
    return base::fail(ErrorCode::invalid_input, "not a form");
  }
  if (request.body.size() > kFormBytes)
    return base::fail(ErrorCode::too_large, "the form is too long");
  // The encoding is that of a query (WHATWG URL §5); the http room reads it strictly.
  const auto target = http::parse_target("/?" + without_line_ends(request.body));
  if (!target) return base::pass_on(target.error());
  if (target->query.size() > kFormFields)
    return base::fail(ErrorCode::too_large, "too many fields");
  for (const auto& [name, value] : target->query) form.fields_.emplace_back(name, clean(value));
  return form;
}

std::string Form::text(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string_view> Form::file(std::string_view name) const {
  for (const auto& [key, bytes] : files_) {
    if (key == name) return bytes;
  }
  return std::nullopt;
}

}  // namespace chartroom::pages
