#include "report/pdf_archive.hpp"

#include <qpdf/Pl_Buffer.hh>
#include <qpdf/QPDFTokenizer.hh>
#include <string>

#include "base/text.hpp"
#include "report/srgb_icc.hpp"

namespace chartroom::report::pdf {
namespace {

using Object = QPDFObjectHandle;

/// Copies a content stream operator by operator. Before the first operator that stands outside of
/// all marks an artifact begins; it ends before the next mark. Marks may enclose changes of the
/// graphics state, and cairo never opens one within a text or path object.
class ArtifactFilter : public Object::TokenFilter {
 public:
  void handleToken(QPDFTokenizer::Token const& token) override {
    const auto type = token.getType();
    if (type == QPDFTokenizer::tt_eof) return;
    if (type == QPDFTokenizer::tt_inline_image) {
      // Data of an image whose operator was copied: nothing may come between.
      writeToken(token);
      return;
    }
    operands_ += token.getRawValue();
    if (type != QPDFTokenizer::tt_word) return;
    const std::string& name = token.getValue();
    if (name == "true" || name == "false" || name == "null") return;
    const bool begins = name == "BDC" || name == "BMC";
    if (begins && depth_++ == 0) close();
    if (!begins && depth_ == 0 && !open_) {
      write("\n/Artifact BMC\n");
      open_ = true;
    }
    write(operands_);
    operands_.clear();
    if (name == "EMC" && depth_ > 0) --depth_;
  }

  void handleEOF() override {
    write(operands_);
    close();
  }

 private:
  void close() {
    if (open_) write("\nEMC\n");
    open_ = false;
  }

  std::string operands_;
  int depth_ = 0;
  bool open_ = false;
};

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

void mark_artifacts(QPDFPageObjectHelper page) {
  ArtifactFilter filter;
  Pl_Buffer marked("marked page");
  page.filterContents(&filter, &marked);
  const auto bytes = marked.getBufferSharedPointer();
  page.getObjectHandle().replaceKey(
      "/Contents", page.getObjectHandle().getOwningQPDF()->newStream(std::string(
                       reinterpret_cast<const char*>(bytes->getBuffer()), bytes->getSize())));
}

void withdraw_archive(QPDF& pdf) {
  pdf.getRoot().removeKey("/OutputIntents");
  pdf.getRoot().removeKey("/Metadata");
}

void claim_archive(QPDF& pdf, const Document& document) {
  Object root = pdf.getRoot();
  Object profile = pdf.newStream(std::string(kSRGBIcc));
  profile.getDict().replaceKey("/N", Object::newInteger(3));
  Object intent = Object::newDictionary();
  intent.replaceKey("/Type", Object::newName("/OutputIntent"));
  intent.replaceKey("/S", Object::newName("/GTS_PDFA1"));
  intent.replaceKey("/OutputConditionIdentifier", Object::newString("sRGB IEC61966-2.1"));
  intent.replaceKey("/Info", Object::newString("sRGB IEC61966-2.1"));
  intent.replaceKey("/RegistryName", Object::newString("http://www.color.org"));
  intent.replaceKey("/DestOutputProfile", profile);
  root.replaceKey("/OutputIntents", Object::newArray({pdf.makeIndirectObject(intent)}));
  Object metadata = pdf.newStream(xmp_of(document));
  metadata.getDict().replaceKey("/Type", Object::newName("/Metadata"));
  metadata.getDict().replaceKey("/Subtype", Object::newName("/XML"));
  root.replaceKey("/Metadata", metadata);
  for (Object& object : pdf.getAllObjects()) {
    if (!object.isStream()) continue;
    Object dictionary = object.getDict();
    // cairo asks for smooth pictures; archives leave that to nobody (ISO 19005-2, 6.2.8).
    if (dictionary.hasKey("/Interpolate")) {
      dictionary.replaceKey("/Interpolate", Object::newBool(false));
    }
  }
}

}  // namespace chartroom::report::pdf
