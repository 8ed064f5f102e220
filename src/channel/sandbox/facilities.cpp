#include <array>

#include "base/text.hpp"
#include "channel/sandbox/chance.hpp"
#include "channel/sandbox/life.hpp"

namespace chartroom::channel {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kPractice = {"Cedar Hollow"sv,  "Juniper Creek"sv,  "Larkspur"sv,
                                  "Quiet Harbor"sv,  "Amber Ridge"sv,    "Blue Heron"sv,
                                  "Maple Lantern"sv, "North Sparrow"sv,  "Willow Gate"sv,
                                  "Copper Meadow"sv, "Silver Orchard"sv, "Three Lakes"sv};
constexpr std::array kPrimary = {"Family Medicine"sv, "Primary Care"sv, "Internal Medicine"sv,
                                 "Community Health Center"sv};
constexpr std::array kSpecialist = {"Heart and Lung Associates"sv, "Specialty Clinic"sv,
                                    "Endocrine and Metabolism Group"sv, "Specialists"sv};
constexpr std::array kHospital = {"General Hospital"sv, "Regional Hospital"sv, "Urgent Care"sv};
constexpr std::array kStreets = {"Orchard"sv, "Harbor"sv, "Lantern"sv,
                                 "Meadow"sv,  "Mill"sv,   "Chestnut"sv};
constexpr std::array kGiven = {"Maren"sv,    "Theodore"sv, "Priya"sv,  "Anselm"sv, "Ifeoma"sv,
                               "Rosalind"sv, "Hideo"sv,    "Camila"sv, "Gideon"sv, "Saoirse"sv};
constexpr std::array kFamily = {"Okonjo"sv,    "Lindqvist"sv, "Ashgrove"sv, "Villareal"sv,
                                "Thornbury"sv, "Nakagawa"sv,  "Penrose"sv,  "Abernethy"sv,
                                "Castellan"sv, "Whitlock"sv};

/// Ten digits with a right check digit (Luhn over "80840" + number), in a range that is not used.
std::string npi_of(std::string_view key) {
  Chance chance(key, "npi");
  std::string digits = "9";
  while (digits.size() < 9) digits += static_cast<char>('0' + chance.between(0, 9));
  int sum = 24;  // of the constant prefix 80840
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[i] - '0';
    if (i % 2 == 0) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  return digits;
}

std::string name_of(Chance& chance, FacilityKind kind) {
  const std::string first(chance.pick(kPractice));
  switch (kind) {
    case FacilityKind::primary:
      if (chance.likely(1.0 / 12)) return "Starfleet Medical";
      return first + ' ' + std::string(chance.pick(kPrimary));
    case FacilityKind::specialist:
      return first + ' ' + std::string(chance.pick(kSpecialist));
    case FacilityKind::hospital:
      return first + ' ' + std::string(chance.pick(kHospital));
    case FacilityKind::archive:
      break;
  }
  return first + " Practice (records office)";
}

}  // namespace

Facility make_facility(FacilityKind kind, const std::string& name, const std::string& city,
                       const std::string& state, const std::string& zip) {
  const std::string key = name + '|' + base::fold(city) + '|' + base::fold(state);
  Chance chance(key, "facility");
  Facility facility;
  facility.kind = kind;
  facility.id = stable_hex("provider|" + key, 24);
  facility.name = name;
  facility.street = std::to_string(chance.between(100, 4900)) + ' ' +
                    std::string(chance.pick(kStreets)) + " Street";
  facility.city = city;
  facility.state = state;
  facility.zip = zip;
  facility.phone = "+1-555-01" + std::to_string(chance.between(10, 99));
  facility.clinician.id = stable_uuid("practitioner|" + key);
  facility.clinician.npi = npi_of(key);
  facility.clinician.given = chance.pick(kGiven);
  facility.clinician.family = chance.pick(kFamily);
  return facility;
}

std::vector<Facility> facilities_of(const Identity& who) {
  Chance chance(seed_of(who), "facilities");
  const std::string city = who.city.empty() ? "Riverbend" : who.city;
  const std::string state = who.state.empty() ? "OR" : who.state;
  const std::string zip = who.zip.empty() ? "97000" : who.zip.substr(0, 5);
  // Small children have one doctor: a second one would have nothing to tell.
  const int count = who.birth.year >= kFirstYear - 2 ? 1 : chance.between(1, 3);
  std::vector<Facility> facilities;
  constexpr std::array kKinds = {FacilityKind::primary, FacilityKind::specialist,
                                 FacilityKind::hospital};
  for (int i = 0; i < count; ++i) {
    const FacilityKind kind = kKinds[static_cast<std::size_t>(i)];
    facilities.push_back(make_facility(kind, name_of(chance, kind), city, state, zip));
  }
  facilities.push_back(make_facility(FacilityKind::archive, name_of(chance, FacilityKind::archive),
                                     city, state, zip));
  return facilities;
}

}  // namespace chartroom::channel
