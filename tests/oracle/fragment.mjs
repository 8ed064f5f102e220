// Published examples are often single sections or entries. They are put into the shell of a
// document, so that readers of whole documents can be shown them.
import { dirname } from "node:path";

const CCDA = "2.16.840.1.113883.10.20.22.2";
// Template and LOINC code of the section for entries that came without one, by the folder's name.
const sections = {
  Allergies: [`${CCDA}.6.1`, "48765-2"],
  Encounters: [`${CCDA}.22.1`, "46240-8"],
  Family_History: [`${CCDA}.15`, "10157-6"],
  Functional_Status: [`${CCDA}.14`, "47420-5"],
  Goals: [`${CCDA}.60`, "61146-7"],
  Immunizations: [`${CCDA}.2.1`, "11369-6"],
  Medical_Equipment: [`${CCDA}.23`, "46264-8"],
  Medications: [`${CCDA}.1.1`, "10160-0"],
  Mental_Status: [`${CCDA}.56`, "10190-7"],
  Plan_of_Treatment: [`${CCDA}.10`, "18776-5"],
  Problems: [`${CCDA}.5.1`, "11450-4"],
  Procedures: [`${CCDA}.7.1`, "47519-4"],
  Results: [`${CCDA}.3.1`, "30954-2"],
  Social_History: [`${CCDA}.17`, "29762-2"],
  Vital_Signs: [`${CCDA}.4.1`, "8716-3"],
};

const start = `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.10.20.22.1.1"/><templateId root="2.16.840.1.113883.10.20.22.1.2"/>
<id root="2.16.840.1.113883.19.5.99999.1"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Example</title><effectiveTime value="20200101"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.19.5" extension="1"/>
<addr><streetAddressLine>1 Main Street</streetAddressLine><city>Boise</city><state>ID</state><postalCode>83702</postalCode></addr>
<telecom value="tel:+1(208)555-0100"/>
<patient><name><given>Example</given><family>Person</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19500101"/></patient></patientRole></recordTarget>
<author><time value="20200101"/><assignedAuthor><id root="2.16.840.1.113883.19.6"/><assignedPerson><name><given>A</given><family>Doctor</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.19.7"/><name>Practice</name></representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody>`;
const end = "</structuredBody></component></ClinicalDocument>";

// undefined for a whole document, and for what is none of it.
export function shell(name, text) {
  const body = text.replace(/^\uFEFF/, "").replace(/<\?xml[^>]*\?>|<!DOCTYPE[^>]*>/g, "");
  const root = /<(?![!?])([A-Za-z:]+)/.exec(body.replace(/<!--[\s\S]*?-->/g, ""))?.[1];
  if (!name.startsWith("hl7-examples/") || root === undefined || root === "ClinicalDocument") return undefined;
  if (root === "component" && /<section[\s>]/.test(body)) return start + body + end;
  if (root === "section") return `${start}<component>${body}</component>${end}`;
  const [template, code] = sections[dirname(name).split("/")[1]] ?? ["", ""];
  const entries = root === "entry" ? body : `<entry>${body}</entry>`;
  return `${start}<component><section><templateId root="${template}"/>
<code code="${code}" codeSystem="2.16.840.1.113883.6.1"/><title>Section</title><text/>${entries}</section></component>${end}`;
}
