#include "report/pdf_archive.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

/// cairo writes the beginning and the end of a mark on lines of their own. Ours are never within a
/// text or path object; spans with the words of ligatures and blanks are, within ours or outside. A
/// line of a string cannot look like one: where cairo breaks a string, a backslash ends the line.
bool begins_mark(std::string_view line) { return line.ends_with(" BDC"); }
bool begins_our_mark(std::string_view line) {
  return line.starts_with("/P << /MCID ") && begins_mark(line);
}

std::string xmp_of(const Document& document) {
  const std::string title = base::escape_markup(
      document.title + (document.subtitle.empty() ? "" : " \u2013 " + document.subtitle));
  const std::string time = base::format_iso(document.created).substr(0, 19) + "Z";
  return "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
         "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
         "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" "
         "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
         "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">" +
         title +
         "</rdf:li></rdf:Alt></dc:title>\n"
         "<dc:creator><rdf:Seq><rdf:li>Chartroom</rdf:li></rdf:Seq></dc:creator>\n"
         "<dc:language><rdf:Bag><rdf:li>" +
         base::escape_markup(document.language) +
         "</rdf:li></rdf:Bag></dc:language>\n"
         "<pdf:Producer>Chartroom</pdf:Producer>\n"
         "<xmp:CreateDate>" +
         time + "</xmp:CreateDate><xmp:ModifyDate>" + time +
         "</xmp:ModifyDate>\n"
         "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n"
         "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>\n";
}

}  // namespace

std::string with_artifacts(std::string_view content) {
  std::string out;
  out.reserve(content.size() + content.size() / 4);
  bool marked = false;
  bool artifact = false;
  std::size_t spans = 0;  // open within the mark or artifact
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size() - 1);
    const std::string_view line = content.substr(at, end + 1 - at);
    const std::string_view bare = line.substr(0, line.find('\n'));
    at = end + 1;
    if (!marked && begins_our_mark(bare)) {
      if (artifact) out += "EMC\n";
      artifact = false;
      marked = true;
    } else {
      if (!marked && !artifact) {
        out += "/Artifact BMC\n";
        artifact = true;
      }
      if (begins_mark(bare)) {
        ++spans;
      } else if (bare == "EMC") {
        marked = marked && spans > 0;
        spans -= spans > 0 ? 1 : 0;
      }
    }
    out += line;
  }
  if (marked || spans > 0) return std::string(content);
  if (!out.empty() && out.back() != '\n') out += '\n';
  if (artifact) out += "EMC\n";
  return out;
}

void settle_pictures(Object resources) {
  Object forms = resources.getKey("/XObject");
  if (!forms.isDictionary()) return;
  for (const std::string& key : forms.getKeys()) {
    Object object = forms.getKey(key);
    if (!object.isStream()) continue;
    // cairo asks for smooth pictures; archives leave that to nobody (ISO 19005-2, 6.2.8).
    for (Object picture : {object.getDict(), object.getDict().getKey("/SMask")}) {
      if (picture.isStream()) picture = picture.getDict();
      if (picture.isDictionary() && picture.hasKey("/Interpolate")) {
        picture.replaceKey("/Interpolate", Object::newBool(false));
      }
    }
  }
}

void claim_archive(Book& book, const Document& document) {
  Object root = book.pdf().getRoot();
  root.replaceKey("/OutputIntents", book.output_intents());
  Object metadata = book.short_stream(xmp_of(document));
  metadata.getDict().replaceKey("/Type", Object::newName("/Metadata"));
  metadata.getDict().replaceKey("/Subtype", Object::newName("/XML"));
  root.replaceKey("/Metadata", metadata);
}

}  // namespace chartroom::report::pdf
