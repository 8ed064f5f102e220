// Two C-CDA readers that are not ours. Each turns a document into entries of one shape:
//   {section, codes: [code], text, date, value}
// section: issues, medications, allergies, observations (results, vitals and whatever else a reader
// calls an observation), procedures, encounters, immunizations. A reader that fails throws.
import { createRequire } from "node:module";

// @medplum/core wants to see one when it is loaded; nothing here opens a connection.
globalThis.WebSocket ??= class {};
const { convertXmlToCcda, convertCcdaToFhir } = await import("@medplum/ccda");
const blueButton = createRequire(import.meta.url)("@amida-tech/blue-button");

const list = (value) => (Array.isArray(value) ? value : value ? [value] : []);

// The day in UTC, as our tool prints it; what a date lacks stays away.
export function day(date, precision = "") {
  if (!date) return "";
  if (precision === "year") return date.slice(0, 4);
  if (precision === "month") return date.slice(0, 7);
  if (date.length <= 10) return date;
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, 10);
}

// --- @medplum/ccda, lenient: sections it does not know are passed over ---

const fhirSections = {
  Condition: "issues",
  MedicationRequest: "medications",
  MedicationStatement: "medications",
  MedicationAdministration: "medications",
  AllergyIntolerance: "allergies",
  Observation: "observations",
  DiagnosticReport: "observations",
  Procedure: "procedures",
  Encounter: "encounters",
  Immunization: "immunizations",
};

function fhirValue(resource) {
  if (resource.valueQuantity) return String(resource.valueQuantity.value ?? "");
  if (resource.valueCodeableConcept) return resource.valueCodeableConcept.text ?? "";
  return String(resource.valueString ?? resource.valueInteger ?? "");
}

function ofFhir(resource, contained) {
  const medication = resource.medicationReference
    ? contained.get(resource.medicationReference.reference)
    : undefined;
  const concept =
    resource.code ?? resource.vaccineCode ?? resource.medicationCodeableConcept ??
    medication?.code ?? list(resource.type)[0] ?? {};
  const codings = list(concept.coding);
  return {
    section: fhirSections[resource.resourceType],
    codes: codings.map((coding) => coding.code).filter(Boolean),
    text: concept.text ?? codings.find((coding) => coding.display)?.display ?? "",
    date: day(
      resource.onsetDateTime ?? resource.onsetPeriod?.start ?? resource.effectiveDateTime ??
        resource.effectivePeriod?.start ?? resource.performedDateTime ??
        resource.performedPeriod?.start ?? resource.occurrenceDateTime ?? resource.period?.start ??
        resource.dispenseRequest?.validityPeriod?.start,
    ),
    value: fhirValue(resource),
    answers: list(resource.valueCodeableConcept?.coding).map((coding) => coding.code).filter(Boolean),
    // A panel's frame; its members stand beside it.
    frame: list(resource.hasMember).length > 0 && fhirValue(resource) === "",
  };
}

export function readMedplum(xml) {
  const bundle = convertCcdaToFhir(convertXmlToCcda(xml), { ignoreUnsupportedSections: true });
  const resources = list(bundle.entry).map((entry) => entry.resource);
  const contained = new Map();
  for (const resource of resources) {
    contained.set(`${resource.resourceType}/${resource.id}`, resource);
    for (const inner of list(resource.contained)) contained.set(`#${inner.id}`, inner);
  }
  return resources
    .filter((resource) => fhirSections[resource.resourceType])
    .map((resource) => ofFhir(resource, contained))
    .filter((entry) => !entry.frame);
}

// --- @amida-tech/blue-button ---

// It writes a nullFlavor as if it were a code, with "unknown" or "other" as its name.
const isNull = (coded) => coded?.code_system_name === "Null Flavor";

function codesOf(coded) {
  const codes = list(coded?.translations).map((each) => each.code);
  if (coded?.code && !isNull(coded)) codes.unshift(coded.code);
  return codes.filter(Boolean);
}

function blueEntry(section, coded, time, more = {}) {
  const when = time?.point ?? time?.low ?? time?.center ?? time?.high;
  return {
    section,
    codes: codesOf(coded),
    text: (isNull(coded) ? undefined : coded?.name) ?? coded?.unencoded_name ?? "",
    date: day(when?.date, when?.precision),
    value: "",
    ...more,
  };
}

const blueSections = {
  problems: (each) => [blueEntry("issues", each.problem?.code, each.problem?.date_time)],
  medications: (each) => [
    blueEntry("medications", each.product?.product, each.date_time, {
      text: (isNull(each.product?.product) ? "" : each.product?.product?.name) || each.product?.unencoded_name || "",
    }),
  ],
  allergies: (each) => [blueEntry("allergies", each.observation?.allergen, each.date_time)],
  results: (each) =>
    list(each.results).map((result) =>
      blueEntry("observations", result.result, result.date_time, {
        value: String(result.value ?? result.text ?? ""),
      }),
    ),
  vitals: (each) => [
    blueEntry("observations", each.vital, each.date_time, { value: String(each.value ?? "") }),
  ],
  procedures: (each) => [blueEntry("procedures", each.procedure, each.date_time)],
  encounters: (each) => [blueEntry("encounters", each.encounter, each.date_time)],
  immunizations: (each) => [blueEntry("immunizations", each.product?.product, each.date_time)],
};
blueSections.hospital_discharge_medications = blueSections.medications;

export function readBlueButton(xml) {
  const { data } = blueButton.parse(xml);
  const entries = [];
  for (const [name, read] of Object.entries(blueSections)) {
    for (const each of list(data[name])) entries.push(...read(each));
  }
  return entries;
}
