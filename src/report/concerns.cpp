#include "report/concerns.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace chartroom::report {
namespace {

// Categories: ICD-10-CM, the chapters' own headings. Words: what orders and charts write for them.
const std::vector<Concern>& concerns() {
  static const std::vector<Concern> all{
      {"coronary",
       "Coronary disease",
       {"coronary", "cad", "angina", "myocardial infarction", "heart attack",
        "ischemic heart disease", "cabg"},
       {"I20", "I21", "I22", "I23", "I24", "I25", "Z95.1", "Z95.5"}},
      {"heart-failure",
       "Heart failure and cardiomyopathy",
       {"heart failure", "chf", "cardiomyopathy"},
       {"I42", "I43", "I50"}},
      {"arrhythmia",
       "Arrhythmia",
       {"arrhythmia", "atrial fibrillation", "afib", "a fib", "atrial flutter", "pacemaker",
        "tachycardia"},
       {"I44", "I45", "I46", "I47", "I48", "I49", "Z95.0", "Z95.810"}},
      {"hypertension",
       "Hypertension",
       {"hypertension", "hypertensive", "high blood pressure", "htn"},
       {"I10", "I11", "I12", "I13", "I15", "I16"}},
      {"stroke",
       "Stroke and TIA",
       {"stroke", "tia", "cva", "transient ischemic attack", "cerebral infarction",
        "cerebrovascular"},
       {"G45", "I60", "I61", "I62", "I63", "I64", "I65", "I66", "I67", "I68", "I69"}},
      {"thromboembolism",
       "Venous thromboembolism",
       {"dvt", "deep vein thrombosis", "pulmonary embolism", "thromboembolism"},
       {"I26", "I80", "I81", "I82"}},
      {"diabetes",
       "Diabetes and prediabetes",
       {"diabetes", "diabetic", "prediabetes", "dm2", "t2dm", "t1dm"},
       {"E08", "E09", "E10", "E11", "E13", "R73", "O24"}},
      {"lipids",
       "Lipid disorders",
       {"hyperlipidemia", "hypercholesterolemia", "dyslipidemia", "high cholesterol",
        "hypertriglyceridemia"},
       {"E78"}},
      {"kidney",
       "Kidney disease",
       {"kidney", "renal", "ckd", "nephropathy", "dialysis", "nephritis"},
       {"N00", "N01", "N02", "N03", "N04", "N05", "N06", "N07", "N08", "N17", "N18", "N19", "N25",
        "N26", "N27", "Z94.0", "Z99.2"}},
      {"liver",
       "Liver disease and hepatitis",
       {"liver", "hepatitis", "cirrhosis", "hepatic", "nafld", "steatosis"},
       {"B15", "B16", "B17", "B18", "B19", "K70", "K71", "K72", "K73", "K74", "K75", "K76", "K77",
        "Z94.4"}},
      {"cancer",
       "Cancer",
       {"cancer", "carcinoma", "malignant neoplasm", "malignancy", "melanoma", "lymphoma",
        "leukemia", "sarcoma"},
       {"C", "D0", "D37", "D38", "D39", "D4", "Z85"}},
      {"lung",
       "COPD, asthma and other lung disease",
       {"copd", "chronic obstructive", "emphysema", "asthma", "chronic bronchitis",
        "interstitial lung"},
       {"J40", "J41", "J42", "J43", "J44", "J45", "J47", "J84"}},
      {"sleep-apnea", "Sleep apnea", {"sleep apnea", "osa"}, {"G47.3"}},
      {"neurology",
       "Neurological disease",
       {"multiple sclerosis", "parkinson", "epilepsy", "seizure", "dementia", "alzheimer", "als"},
       {"G10", "G12", "G20", "G21", "G30", "G31", "G35", "G40", "G70", "F01", "F02", "F03"}},
      {"mental",
       "Mental health",
       {"depression", "depressive", "anxiety", "bipolar", "schizophrenia", "ptsd", "suicide",
        "suicidal"},
       {"F20", "F21", "F22", "F23", "F24", "F25", "F28", "F29", "F3", "F40", "F41", "F42", "F43",
        "F44", "F45", "F48", "F50", "R45.851", "T14.91"}},
      {"alcohol", "Alcohol", {"alcohol", "alcoholism", "alcoholic"}, {"F10", "K70", "Z71.41"}},
      {"drugs",
       "Drugs",
       {"drug use", "substance use", "substance abuse", "opioid", "cocaine", "cannabis"},
       {"F11", "F12", "F13", "F14", "F15", "F16", "F18", "F19"}},
      {"tobacco",
       "Tobacco and nicotine",
       {"tobacco", "nicotine", "smoker", "smoking", "smokes", "cigarette", "vaping"},
       {"F17", "Z72.0", "Z87.891", "O99.33"}},
      {"hiv", "HIV", {"hiv", "aids", "human immunodeficiency virus"}, {"B20", "Z21"}},
      {"autoimmune",
       "Autoimmune disease",
       {"rheumatoid", "lupus", "crohn", "ulcerative colitis", "psoriatic arthritis"},
       {"M05", "M06", "M30", "M31", "M32", "M33", "M34", "M35", "K50", "K51"}},
      {"thyroid",
       "Thyroid disease",
       {"thyroid", "hypothyroidism", "hyperthyroidism"},
       {"E00", "E01", "E02", "E03", "E04", "E05", "E06", "E07"}},
      {"obesity",
       "Obesity",
       {"obesity", "obese", "overweight", "bariatric"},
       {"E66", "Z68", "Z98.84"}},
  };
  return all;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Whole words, so that "als" is not found in "also". Both are folded.
bool holds_words(std::string_view text, std::string_view words) {
  for (auto at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
    const bool begins = at == 0 || !is_word_character(text[at - 1]);
    const auto end = at + words.size();
    // A plural, or another ending of a long word, is the same word.
    const bool ends = end >= text.size() || !is_word_character(text[end]) || words.size() >= 6 ||
                      text[end] == 's';
    if (begins && ends) return true;
  }
  return false;
}

bool is_icd10(const evidence::Code& code) {
  return code.system.find("icd-10") != std::string::npos;
}

std::string text_of(const evidence::Fact& fact) {
  std::string text = fact.text + " " + fact.value.raw;
  for (const evidence::Code& code : fact.codes) text += " " + code.display;
  for (const evidence::Attribute& attribute : fact.attributes) text += " " + attribute.value;
  return base::fold(text);
}

}  // namespace

const Concern* find_concern(const std::string& asked) {
  const std::string text = base::fold(base::trim(asked));
  std::string upper(base::trim(asked));
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const bool is_code = upper.size() >= 3 && upper[0] >= 'A' && upper[0] <= 'Z' &&
                       std::isdigit(static_cast<unsigned char>(upper[1])) != 0;
  for (const Concern& concern : concerns()) {
    for (const std::string_view word : concern.words) {
      if (holds_words(text, word)) return &concern;
    }
    for (const std::string_view prefix : concern.icd10) {
      if (is_code && upper.compare(0, prefix.size(), prefix) == 0) return &concern;
    }
  }
  return nullptr;
}

bool speaks_of(const evidence::Fact& fact, const Concern* concern, const std::string& asked) {
  if (fact.negated) return false;
  const std::string text = text_of(fact);
  if (concern == nullptr) {
    const std::string words = base::fold(base::trim(asked));
    if (words.empty()) return false;
    const bool as_code =
        std::any_of(fact.codes.begin(), fact.codes.end(), [&](const evidence::Code& code) {
          return base::equals_ignoring_case_ascii(code.code, base::trim(asked));
        });
    return as_code || text.find(words) != std::string::npos;
  }
  for (const evidence::Code& code : fact.codes) {
    if (!is_icd10(code)) continue;
    for (const std::string_view prefix : concern->icd10) {
      if (code.code.compare(0, prefix.size(), prefix) == 0) return true;
    }
  }
  // Of a habit the charts also say that somebody never had it.
  const bool habit = concern->id == "tobacco" || concern->id == "alcohol" || concern->id == "drugs";
  if (habit && (holds_words(text, "never") || holds_words(text, "denies") ||
                holds_words(text, "non-smoker"))) {
    return false;
  }
  return std::any_of(concern->words.begin(), concern->words.end(),
                     [&](std::string_view word) { return holds_words(text, word); });
}

}  // namespace chartroom::report
