// Which of our facts an entry of another reader is.

// Sections of ours in which an entry of theirs may stand: where a statement belongs is a matter of
// judgement, that it is there is not.
const homes = {
  issues: ["issues", "social_history", "functional_statuses", "family_history", "plans_of_care"],
  medications: ["medications", "plans_of_care", "immunizations"],
  allergies: ["allergies"],
  observations: [
    "test_results", "vitals", "social_history", "functional_statuses", "procedures", "issues",
    "plans_of_care", "family_history", "allergies", "narratives", "care_team", "devices",
  ],
  procedures: ["procedures", "plans_of_care", "devices", "narratives", "test_results"],
  encounters: ["encounters", "plans_of_care"],
  immunizations: ["immunizations"],
};

const fold = (text) => String(text).toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

// 4 a code in common, 3 and 2 the same words, 1 theirs has neither code nor words, 0 another one.
function sameSubject(theirs, ours) {
  const codes = ours.codes.map((code) => code[1]);
  if (theirs.codes.some((code) => codes.includes(code))) return 4;
  if (theirs.answers?.some((code) => codes.includes(code))) return 4;
  // Where there is no code, some write the value in its place.
  const left = theirs.text.startsWith(theirs.value || "\0") ? "" : fold(theirs.text);
  const right = fold(ours.text);
  if (left === "") return theirs.codes.length === 0 && !theirs.answers?.length ? 1 : 0;
  if (left === right) return 3;
  if (right !== "" && (left.includes(right) || right.includes(left))) return 2;
  return ours.codes.some((code) => fold(code[2]) === left) ? 2 : 0;
}

// 1 agree, 0 one side is silent, -1 differ.
function sameDay(theirs, ours) {
  const days = [ours.date, ours.until].map((date) => date.slice(0, 10)).filter(Boolean);
  if (!theirs.date || days.length === 0) return 0;
  return days.some((date) => date.startsWith(theirs.date) || theirs.date.startsWith(date)) ? 1 : -1;
}

function sameValue(theirs, ours) {
  if (theirs.value === "" || theirs.section !== "observations") return 0;
  const left = Number(theirs.value);
  const right = Number(ours.number || ours.value);
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left === right ? 1 : -1;
  const words = fold(theirs.value);
  if (theirs.answers?.some((answer) => ours.codes.some((code) => code[1] === answer))) return 1;
  const known = [ours.value, ours.text, ...ours.codes.map((code) => code[2])].map(fold);
  return known.some((text) => text !== "" && (text.includes(words) || words.includes(text))) ? 1 : -1;
}

// Words that say the same as an attribute of a fact: a severity, an age, a reason, a panel's name.
function asDetail(entry, facts) {
  const words = [entry.value, entry.text].map(fold).filter(Boolean);
  return facts.find((fact) => {
    const details = [fact.group, ...Object.values(fact.attributes)].map(fold).filter(Boolean);
    return words.some((each) => details.some((detail) => ` ${detail} `.includes(` ${each} `)));
  });
}

// For each entry of theirs {entry, verdict, ours}. Verdicts:
//   same     the same statement, and nothing differs
//   shared   the same, but the fact was already given to another entry of theirs
//   detail   we have it as an attribute of another statement
//   date, value   the same statement with another one
//   missing
export function compare(theirs, facts) {
  const pairs = [];
  theirs.forEach((entry, i) => {
    facts.forEach((fact, j) => {
      if (!homes[entry.section].includes(fact.section)) return;
      const subject = sameSubject(entry, fact);
      if (subject === 0) return;
      const date = sameDay(entry, fact);
      const value = sameValue(entry, fact);
      if (subject === 1 && (date < 0 || value < 0)) return;
      pairs.push({ i, j, date, value, score: subject + 4 * date + 4 * value });
    });
  });
  pairs.sort((a, b) => b.score - a.score || a.i - b.i || a.j - b.j);
  const verdicts = theirs.map((entry) => ({ entry, verdict: "missing" }));
  const taken = new Set();
  const judge = (pair, free) => {
    const mine = verdicts[pair.i];
    if (mine.verdict !== "missing" || (free && taken.has(pair.j))) return;
    taken.add(pair.j);
    mine.ours = facts[pair.j];
    mine.verdict = pair.value < 0 ? "value" : pair.date < 0 ? "date" : free ? "same" : "shared";
  };
  for (const pair of pairs) judge(pair, true);
  // A value that stands for an answer elsewhere is no second statement.
  for (const pair of pairs) if (pair.score > 1) judge(pair, false);
  for (const each of verdicts) {
    if (each.verdict !== "missing") continue;
    each.ours = asDetail(each.entry, facts);
    if (each.ours) each.verdict = "detail";
  }
  return verdicts;
}
