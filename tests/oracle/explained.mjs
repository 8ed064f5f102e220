// Why another reader's entry differs from ours. A rule fits by what is so in the document or in what
// we made of it, never by the file's name.
const medplum = (each) => each.reader === "@medplum/ccda";
const blueButton = (each) => each.reader === "blue-button";
const isDevice = (code) => /^C\d{5,6}$/.test(code);
const some = (each, test) => each.facts.some(test);

const rules = [
  {
    why: "we refuse the document and say why; the other reads what stands before the fault",
    fits: (each) => each.refused !== undefined,
  },
  {
    why: "blue-button gives the day on which an allergy was entered (of the concern); we give its onset",
    fits: (each) => blueButton(each) && each.verdict === "date" && each.entry.section === "allergies",
  },
  {
    why: "medplum takes the reason of a planned visit for a condition, with the planned day; here it is the plan's reason",
    fits: (each) =>
      medplum(each) && each.entry.section === "issues" && each.verdict === "date" &&
      some(each, (fact) => fact.section === "plans_of_care" && fact.attributes.reason),
  },
  {
    why: "medplum reads the month YYYYMM as January; we keep the month",
    fits: (each) => medplum(each) && each.verdict === "date" && each.ours.date.length === 7,
  },
  {
    why: "the entry has a nullFlavor: it says that nothing is known, and the narrative that is shown says so in words",
    fits: (each) =>
      medplum(each) && each.verdict === "missing" && each.facts.length === 0 && each.losses.length === 0,
  },
  {
    why: "the death of a relative is the attribute \"deceased\" of the relative's rows",
    fits: (each) => each.entry.answers?.includes("419099009") && some(each, (fact) => fact.attributes.deceased),
  },
  {
    why: "privacy marks (DS4P) are the sensitivity of what they mark, and no findings",
    fits: (each) => each.entry.codes.some((code) => code.startsWith("SEC")),
  },
  {
    why: "single facts about a device (UDI) outside of a device: named in the loss list",
    fits: (each) => each.entry.codes.some(isDevice) && each.losses.length > 0,
  },
  {
    why: "single facts about a device (UDI) are attributes of the device's row",
    fits: (each) => each.entry.codes.some(isDevice) && some(each, (fact) => fact.section === "devices"),
  },
  {
    why: "the unit in words beside the unit; we keep the unit that the result was sent with",
    fits: (each) => each.entry.codes.includes("246514001"),
  },
  {
    why: "a detail (age, severity, criticality, reaction, reference of an image, …) that stands alone: named in the loss list",
    fits: (each) => each.verdict === "missing" && each.losses.length > 0,
  },
  {
    why: "a panel's frame without a value; its members are there, and carry its name where it has one",
    fits: (each) =>
      medplum(each) && each.entry.section === "observations" && each.entry.value === "" && each.verdict === "missing" &&
      (each.facts.length > 0 || each.fragment),
  },
  {
    why: "an empty entry of an example whose content is \"…\": nothing is in it",
    fits: (each) => each.entry.codes.length === 0 && each.entry.text === "" && each.entry.date === "" && each.fragment,
  },
];

// The first rule that fits; undefined when nobody has explained this difference.
export function explain(difference) {
  return rules.find((rule) => rule.fits(difference))?.why;
}
