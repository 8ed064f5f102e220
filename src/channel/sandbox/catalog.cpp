#include "channel/sandbox/catalog.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace chartroom::channel {
namespace {

constexpr std::string_view kOral = "C38288";
constexpr std::string_view kInhaled = "C38216";

constexpr std::array kDrugs = {
    Drug{"lisinopril", "314076", "lisinopril 10 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth once a day"},
    Drug{"amlodipine", "197361", "amlodipine 5 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth once a day"},
    Drug{"hydrochlorothiazide", "310798", "hydrochlorothiazide 25 MG Oral Tablet", "1", "{tbl}",
         kOral, "Oral", 1, "Take 1 tablet by mouth every morning"},
    Drug{"metformin", "861007", "metformin hydrochloride 500 MG Oral Tablet", "1", "{tbl}", kOral,
         "Oral", 2, "Take 1 tablet by mouth twice a day with meals"},
    Drug{"glargine", "311041", "insulin glargine 100 UNT/ML Injectable Solution", "12", "[iU]",
         "C38299", "Subcutaneous", 1, "Inject 12 units under the skin at bedtime"},
    Drug{"atorvastatin", "617311", "atorvastatin 40 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth at bedtime"},
    Drug{"simvastatin", "312961", "simvastatin 20 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth at bedtime"},
    Drug{"albuterol", "745679", "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "2",
         "{puff}", kInhaled, "Respiratory (inhalation)", 4,
         "Inhale 2 puffs up to four times a day when short of breath"},
    Drug{"fluticasone-salmeterol", "896209",
         "60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder "
         "Inhaler",
         "1", "{puff}", kInhaled, "Respiratory (inhalation)", 2, "Inhale 1 puff twice a day"},
    Drug{"omeprazole", "198051", "omeprazole 20 MG Delayed Release Oral Capsule", "1", "{capsule}",
         kOral, "Oral", 1, "Take 1 capsule by mouth before breakfast"},
    Drug{"sertraline", "312941", "sertraline 50 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth every morning"},
    Drug{"fluoxetine", "310385", "fluoxetine 20 MG Oral Capsule", "1", "{capsule}", kOral, "Oral",
         1, "Take 1 capsule by mouth every morning"},
    Drug{"levothyroxine", "10582", "levothyroxine", "50", "ug", kOral, "Oral", 1,
         "Take 50 micrograms by mouth on an empty stomach every morning"},
    Drug{"metoprolol", "866924", "metoprolol tartrate 25 MG Oral Tablet", "1", "{tbl}", kOral,
         "Oral", 2, "Take 1 tablet by mouth twice a day"},
    Drug{"apixaban", "1364445", "apixaban 5 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 2,
         "Take 1 tablet by mouth twice a day"},
    Drug{"aspirin", "243670", "aspirin 81 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth once a day"},
    Drug{"tamsulosin", "863669", "tamsulosin hydrochloride 0.4 MG Oral Capsule", "1", "{capsule}",
         kOral, "Oral", 1, "Take 1 capsule by mouth half an hour after supper"},
    Drug{"loratadine", "311372", "loratadine 10 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth once a day in the season"},
    Drug{"iron", "310325", "ferrous sulfate 325 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 1,
         "Take 1 tablet by mouth once a day with orange juice"},
    Drug{"varenicline", "636676", "varenicline 1 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 2,
         "Take 1 tablet by mouth twice a day after eating"},
    Drug{"ibuprofen", "197806", "ibuprofen 600 MG Oral Tablet", "1", "{tbl}", kOral, "Oral", 3,
         "Take 1 tablet by mouth three times a day with food"},
    Drug{"acetaminophen", "313782", "acetaminophen 325 MG Oral Tablet", "2", "{tbl}", kOral, "Oral",
         3, "Take 2 tablets by mouth three times a day for pain or fever"},
    Drug{"amoxicillin", "308191", "amoxicillin 500 MG Oral Capsule", "1", "{capsule}", kOral,
         "Oral", 3, "Take 1 capsule by mouth three times a day until finished"},
    Drug{"azithromycin", "308460", "azithromycin 250 MG Oral Tablet", "1", "{tbl}", kOral, "Oral",
         1, "Take 1 tablet by mouth once a day until finished"},
};

constexpr std::array kConditions = {
    Condition{"hypertension", "Essential hypertension", "59621000", "I10", Sex::any, 24, .05, .62,
              "lisinopril", "amlodipine", "hypertension|high blood pressure",
              "Home readings twice a week, less salt; goal below 130/80."},
    Condition{"diabetes", "Type 2 diabetes mellitus", "44054006", "E11.9", Sex::any, 28, .01, .22,
              "metformin", "glargine", "diabetes|diabetic",
              "Hemoglobin A1c every six months, yearly eye and foot examination."},
    Condition{"prediabetes", "Prediabetes", "15777000", "R73.03", Sex::any, 25, .06, .30, "", "",
              "prediabetes", "Diet and 150 minutes of exercise a week; repeat A1c in a year."},
    Condition{"hyperlipidemia", "Hyperlipidemia", "55822004", "E78.5", Sex::any, 25, .06, .58,
              "atorvastatin", "", "cholesterol|hyperlipid|dyslipid",
              "Statin continued, Mediterranean diet, lipids once a year."},
    Condition{"asthma", "Asthma", "195967001", "J45.909", Sex::any, 5, .10, .13, "albuterol", "",
              "asthma", "Action plan reviewed, inhaler technique good."},
    Condition{"copd", "Chronic obstructive lung disease", "13645005", "J44.9", Sex::any, 42, .0,
              .14, "albuterol", "fluticasone-salmeterol", "copd|chronic obstructive|emphysema",
              "Smoking cessation urged, spirometry yearly, vaccinations kept up to date."},
    Condition{"depression", "Depressive disorder", "35489007", "F32.A", Sex::any, 14, .10, .18,
              "sertraline", "", "depress|mental",
              "Mood stable on treatment, no thoughts of self-harm."},
    Condition{"anxiety", "Generalized anxiety disorder", "21897009", "F41.1", Sex::any, 16, .07,
              .12, "fluoxetine", "", "anxiety", "Continues counselling once a month."},
    Condition{"gerd", "Gastroesophageal reflux disease", "235595009", "K21.9", Sex::any, 22, .06,
              .28, "omeprazole", "", "reflux|gerd",
              "Smaller evening meals, head of the bed raised."},
    Condition{"hypothyroidism", "Hypothyroidism", "40930008", "E03.9", Sex::any, 26, .02, .12,
              "levothyroxine", "", "thyroid", "Same dose, TSH once a year."},
    Condition{"obesity", "Obesity", "414916001", "E66.9", Sex::any, 12, .0, .0, "", "",
              "obesity|overweight", "Weight goal set: five percent in six months."},
    Condition{"sleep-apnea", "Obstructive sleep apnea syndrome", "78275009", "G47.33", Sex::any, 30,
              .02, .14, "", "", "sleep apnea|sleep apnoea|osa", "Uses CPAP most nights."},
    Condition{"atrial-fibrillation", "Atrial fibrillation", "49436004", "I48.91", Sex::any, 50, .0,
              .08, "metoprolol", "apixaban", "fibrillation|arrhythmia",
              "Rate controlled; bleeding risk discussed."},
    Condition{"coronary", "Coronary arteriosclerosis", "53741008", "I25.10", Sex::any, 48, .0, .14,
              "aspirin", "metoprolol", "coronary|heart disease|angina",
              "No chest pain on exertion; secondary prevention continued."},
    Condition{"rhinitis", "Seasonal allergic rhinitis", "367498001", "J30.2", Sex::any, 8, .18, .12,
              "loratadine", "", "hay fever|rhinitis", "Antihistamine in season."},
    Condition{"migraine", "Migraine", "37796009", "G43.909", Sex::female, 14, .16, .10, "ibuprofen",
              "", "migraine|headache", "Headache diary kept; about two attacks a month."},
    Condition{"prostate", "Benign prostatic hyperplasia", "266569009", "N40.0", Sex::male, 48, .0,
              .40, "tamsulosin", "", "prostat", "Stream better on treatment; PSA discussed."},
    Condition{"iron-deficiency", "Iron deficiency anemia", "87522002", "D50.9", Sex::female, 16,
              .07, .05, "iron", "", "anemia|anaemia", "Repeat blood count in three months."},
    Condition{"knee", "Osteoarthritis of knee", "239873007", "M17.9", Sex::any, 42, .0, .32,
              "acetaminophen", "", "arthritis|knee", "Physical therapy exercises, weight control."},
    Condition{"tobacco", "Nicotine dependence", "56294008", "F17.210", Sex::any, 18, .0, .0,
              "varenicline", "", "tobacco|smok|nicotine",
              "Advised to stop; help line number given."},
};

constexpr std::array kEpisodes = {
    Episode{"bronchitis", "Acute bronchitis", "10509002", "J20.9", "Cough for a week",
            "azithromycin", 10, "Fluids and rest; return if fever comes back."},
    Episode{"sinusitis", "Acute sinusitis", "15805002", "J01.90", "Facial pressure and congestion",
            "amoxicillin", 10, "Saline rinses; return if no better in a week."},
    Episode{"strep", "Streptococcal sore throat", "43878008", "J02.0", "Sore throat and fever",
            "amoxicillin", 10, "Rapid test positive; back to work after a day of treatment."},
    Episode{"cold", "Upper respiratory infection", "54150009", "J06.9", "Runny nose and cough", "",
            8, "Viral and self-limiting; no antibiotic."},
    Episode{"sprain", "Sprain of ankle", "44465007", "S93.409A", "Twisted ankle", "ibuprofen", 12,
            "Rest, ice, compression, elevation; brace for two weeks."},
    Episode{"back", "Low back pain", "279039007", "M54.50", "Pain in the lower back after lifting",
            "ibuprofen", 12, "No warning signs; stay active, stretching exercises shown."},
    Episode{"rash", "Contact dermatitis", "40275004", "L25.9", "Itchy rash on the forearms", "", 9,
            "Avoid the new detergent; cool compresses."},
    Episode{"gastroenteritis", "Viral gastroenteritis", "111843007", "A08.4",
            "Vomiting and diarrhea since yesterday", "", 5, "Oral rehydration; light food."},
    Episode{"urinary", "Urinary tract infectious disease", "68566005", "N39.0",
            "Burning on urination", "amoxicillin", 7, "Urine sent for culture; fluids."},
};

constexpr std::array kLipid = {
    Test{"cholesterol", "2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 0, 192,
         30, 7, .6, "", "200"},
    Test{"triglyceride", "2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", "mg/dL", 0, 128,
         42, 14, .8, "", "150"},
    Test{"hdl", "2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma", "mg/dL", 0, 52, 11,
         3, -.1, "40", ""},
    Test{"ldl", "13457-7", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation",
         "mg/dL", 0, 0, 0, 0, 0, "", "130"},
};
constexpr std::array kA1c = {
    Test{"a1c", "4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 1, 5.3, .2, .1, .012,
         "4.0", "5.6"},
};
constexpr std::array kMetabolic = {
    Test{"glucose", "2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 0, 90, 6, 5, .3,
         "70", "99"},
    Test{"bun", "3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma", "mg/dL", 0, 14, 3, 2,
         .1, "7", "20"},
    Test{"creatinine", "2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 2, .88,
         .12, .04, .004, "0.60", "1.30"},
    Test{"egfr", "98979-8",
         "Glomerular filtration rate predicted by creatinine-based formula (CKD-EPI 2021)",
         "mL/min/{1.73_m2}", 0, 0, 0, 0, 0, "60", ""},
    Test{"sodium", "2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 0, 140, 1.5, 1,
         0, "136", "145"},
    Test{"potassium", "2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 1, 4.2,
         .25, .15, 0, "3.5", "5.1"},
    Test{"chloride", "2075-0", "Chloride [Moles/volume] in Serum or Plasma", "mmol/L", 0, 102, 1.6,
         1, 0, "98", "107"},
    Test{"carbon-dioxide", "2028-9", "Carbon dioxide, total [Moles/volume] in Serum or Plasma",
         "mmol/L", 0, 25, 1.4, 1, 0, "22", "29"},
    Test{"calcium", "17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 1, 9.4, .25,
         .12, 0, "8.6", "10.3"},
    Test{"protein", "2885-2", "Protein [Mass/volume] in Serum or Plasma", "g/dL", 1, 7.0, .25, .12,
         0, "6.0", "8.3"},
    Test{"albumin", "1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 1, 4.3, .2, .1, 0,
         "3.5", "5.0"},
    Test{"bilirubin", "1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 1, .6,
         .15, .1, 0, "0.2", "1.2"},
    Test{"alp", "6768-6", "Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma",
         "U/L", 0, 72, 15, 5, .2, "40", "129"},
    Test{"alt", "1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
         "U/L", 0, 24, 8, 4, .3, "7", "45"},
    Test{"ast", "1920-8",
         "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma", "U/L", 0, 22,
         6, 3, .2, "8", "40"},
};
constexpr std::array kBloodCount = {
    Test{"leukocytes", "6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 1,
         6.6, 1.2, .5, 0, "4.0", "11.0"},
    Test{"hemoglobin", "718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 1, 14.1, .8, .25, 0,
         "12.0", "17.5"},
    Test{"erythrocytes", "789-8", "Erythrocytes [#/volume] in Blood by Automated count", "10*6/uL",
         2, 4.7, .25, .08, 0, "3.90", "5.70"},
    Test{"hematocrit", "4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", 1,
         42.2, 2.0, .8, 0, "36.0", "51.0"},
    Test{"mcv", "787-2", "MCV [Entitic volume] by Automated count", "fL", 1, 89.5, 2.5, .7, 0,
         "80.0", "100.0"},
    Test{"platelets", "777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 0,
         248, 38, 14, 0, "150", "450"},
};
constexpr std::array kThyroid = {
    Test{"tsh", "3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 2, 1.9, .6,
         .3, .01, "0.40", "4.50"},
};
constexpr std::array kProstate = {
    Test{"psa", "2857-1", "Prostate specific Ag [Mass/volume] in Serum or Plasma", "ng/mL", 2, 1.2,
         .4, .15, .04, "", "4.00"},
};
constexpr std::array kUrineAlbumin = {
    Test{"uacr", "9318-7", "Albumin/Creatinine [Mass Ratio] in Urine", "mg/g", 0, 16, 5, 3, 1.1, "",
         "30"},
};

constexpr std::array kPanels = {
    Panel{"lipid", "24331-1", "Lipid panel", kLipid},
    Panel{"a1c", "4548-4", "Hemoglobin A1c", kA1c},
    Panel{"metabolic", "24323-8", "Comprehensive metabolic panel", kMetabolic},
    Panel{"blood-count", "58410-2", "Complete blood count", kBloodCount},
    Panel{"thyroid", "3016-3", "Thyroid stimulating hormone", kThyroid},
    Panel{"prostate", "2857-1", "Prostate specific antigen", kProstate},
    Panel{"urine-albumin", "9318-7", "Urine albumin/creatinine ratio", kUrineAlbumin},
};

constexpr std::array kVaccines = {
    Vaccine{"150", "Influenza, injectable, quadrivalent, preservative free", 1, 1},
    Vaccine{"20", "DTaP", 0, 0},
    Vaccine{"10", "IPV", 0, 0},
    Vaccine{"03", "MMR", 1, 0},
    Vaccine{"21", "Varicella", 1, 0},
    Vaccine{"165", "HPV9", 11, 0},
    Vaccine{"115", "Tdap", 11, 10},
    Vaccine{"187", "Zoster recombinant", 50, 0},
    Vaccine{"33", "Pneumococcal polysaccharide PPV23", 65, 0},
    Vaccine{"208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose", 12, 0},
};

constexpr std::array kAllergens = {
    Allergen{"http://www.nlm.nih.gov/research/umls/rxnorm", "7980", "Penicillin G", "medication",
             "247472004", "Hives", "moderate"},
    Allergen{"http://www.nlm.nih.gov/research/umls/rxnorm", "2670", "Codeine", "medication",
             "422587007", "Nausea", "mild"},
    Allergen{"http://www.nlm.nih.gov/research/umls/rxnorm", "10180", "Sulfamethoxazole",
             "medication", "271807003", "Eruption of skin", "moderate"},
    Allergen{"http://snomed.info/sct", "111088007", "Latex", "environment", "271807003",
             "Eruption of skin", "mild"},
};

constexpr std::array kActs = {
    Act{"colonoscopy", "73761001", "Colonoscopy", "No polyps; next one in ten years."},
    Act{"ecg", "29303009", "Electrocardiographic procedure",
        "Sinus rhythm, normal axis, no ischemic changes."},
    Act{"mammography", "71651007", "Mammography", "No suspicious finding."},
    Act{"spirometry", "127783003", "Spirometry", "Pattern as before; no acute obstruction."},
    Act{"chest-xray", "399208008", "Plain chest X-ray", "Lungs clear, heart of normal size."},
    Act{"medication-review", "182836005", "Review of medication",
        "List compared with what the patient takes; no difference."},
};

template <typename Table>
const auto* find_in(const Table& table, std::string_view key) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Drug> drugs() { return kDrugs; }
std::span<const Condition> conditions() { return kConditions; }
std::span<const Episode> episodes() { return kEpisodes; }
std::span<const Panel> panels() { return kPanels; }
std::span<const Vaccine> vaccines() { return kVaccines; }
std::span<const Allergen> allergens() { return kAllergens; }
const Drug* find_drug(std::string_view key) { return find_in(kDrugs, key); }
const Panel* find_panel(std::string_view key) { return find_in(kPanels, key); }

const Act& act(std::string_view key) {
  const Act* found = find_in(kActs, key);
  if (found == nullptr) std::abort();  // keys are written in this room only
  return *found;
}

}  // namespace chartroom::channel
