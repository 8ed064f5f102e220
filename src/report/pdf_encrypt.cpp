#include "report/pdf_encrypt.hpp"

#include <exception>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

namespace chartroom::report {

base::Result<std::string> encrypt_pdf(const std::string& pdf,
                                      const base::Sensitive<std::string>& password,
                                      const base::Sensitive<std::string>& owner_password) {
  try {
    QPDF document;
    document.setSuppressWarnings(true);
    document.processMemoryFile("report", pdf.data(), pdf.size());
    document.getRoot().removeKey("/OutputIntents");
    document.getRoot().removeKey("/Metadata");
    QPDFWriter writer(document);
    writer.setOutputMemory();
    writer.setCompressStreams(true);
    writer.setR6EncryptionParameters(password.reveal().c_str(), owner_password.reveal().c_str(),
                                     true, true, true, true, true, true, qpdf_r3p_full, true);
    writer.write();
    const auto buffer = writer.getBufferSharedPointer();
    return std::string(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
  } catch (const std::exception&) {  // its text may quote what it was reading
    return base::fail(base::ErrorCode::corrupt, "the PDF could not be encrypted");
  }
}

}  // namespace chartroom::report
