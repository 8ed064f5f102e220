// Small documents for the tests of this room. Everything in them is invented.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "evidence/read.hpp"

namespace chartroom::evidence::ccda::testing {

inline std::string document(const std::string& header, const std::string& body) {
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)" +
         header + "<component>" + body + "</component></ClinicalDocument>";
}

inline std::string patient(const std::string& role, const std::string& person) {
  return "<recordTarget><patientRole>" + role + "<patient>" + person +
         "</patient></patientRole></recordTarget>";
}

/// A section by LOINC code alone, as systems write it that leave templates out.
inline std::string section(const std::string& loinc, const std::string& text,
                           const std::string& entries) {
  return R"(<component><section><code code=")" + loinc +
         R"(" codeSystem="2.16.840.1.113883.6.1"/><title>Section</title><text>)" + text +
         "</text>" + entries + "</section></component>";
}

inline std::string body(const std::string& sections) {
  return "<structuredBody>" + sections + "</structuredBody>";
}

inline std::string with_section(const std::string& loinc, const std::string& text,
                                const std::string& entries) {
  return document(patient("", ""), body(section(loinc, text, entries)));
}

inline Reading read(const std::string& xml) {
  auto reading = read_ccda(xml);
  EXPECT_TRUE(reading.has_value()) << (reading ? "" : reading.error().message);
  return reading ? std::move(*reading) : Reading{};
}

inline Reading read_section_of(const std::string& loinc, const std::string& entries,
                               const std::string& text = "") {
  return read(with_section(loinc, text, entries));
}

inline std::string attribute(const Fact& fact, const char* name) {
  const auto* value = fact.attribute(name);
  return value ? *value : "";
}

inline std::string why_refused(std::string_view bytes) {
  const auto reading = read_ccda(bytes);
  return reading ? "" : reading.error().message;
}

}  // namespace chartroom::evidence::ccda::testing
