#include "evidence/names.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "evidence/identity.hpp"

namespace chartroom::evidence {
namespace {

// Each line holds forms of one name. A form may stand in several lines; two names match when they
// share one.
constexpr auto kNicknames = std::to_array<std::string_view>({
    "abigail abby abbie gail",
    "abraham abe bram",
    "albert al bert bertie",
    "alexander alex al sandy xander alec",
    "alexandra alex sandra alexa lexi sasha",
    "alfred al fred alfie",
    "alice allie ali",
    "allison allie ali",
    "amanda mandy amy",
    "andrea andie andy",
    "andrew andy drew",
    "angela angie",
    "ann anna anne annie nan nancy",
    "anthony tony",
    "antonio tony",
    "arthur art artie",
    "barbara barb babs barbie",
    "benjamin ben benny benji",
    "bernard bernie",
    "beverly bev",
    "bradley brad",
    "bridget biddy",
    "calvin cal",
    "cameron cam",
    "carol carolyn caroline carrie",
    "catherine katherine kathryn cathy kathy kate katie kay kitty cate kathleen",
    "charles charlie chuck chas chip",
    "charlotte charlie lottie",
    "christina christine chris tina chrissy kris",
    "christopher chris kit topher",
    "clifford cliff",
    "clinton clint",
    "constance connie",
    "cynthia cindy",
    "daniel dan danny",
    "danielle dani",
    "david dave davey",
    "deborah debra deb debbie",
    "dennis denny",
    "dolores lola",
    "donald don donnie",
    "dorothy dot dottie dolly",
    "douglas doug",
    "edward ed eddie ted teddy ned",
    "edwin ed eddie",
    "edith edie",
    "eleanor ellie nell nora",
    "elizabeth liz beth betty eliza lizzie betsy libby lisa bess",
    "emily em emmy",
    "eugene gene",
    "evelyn evie",
    "florence flo",
    "frances fran franny francie",
    "francis frank fran",
    "francisco frank paco pancho",
    "franklin frank",
    "frederick fred freddie rick",
    "gabriel gabe",
    "gabrielle gabby",
    "gerald gerry jerry",
    "geraldine gerry",
    "gilbert gil",
    "gregory greg",
    "guadalupe lupe",
    "guillermo memo william",
    "gwendolyn gwen",
    "harold hal harry",
    "harry henry hank harrison",
    "helen nell nellie",
    "henry hank harry",
    "howard howie",
    "ignacio nacho",
    "isabella isabel bella izzy isa",
    "jacob jake",
    "jacqueline jackie",
    "james jim jimmy jamie",
    "janet jan",
    "jason jay",
    "jeffrey jeff",
    "jennifer jen jenny",
    "jeremy jerry jem",
    "jerome jerry",
    "jesse jess",
    "jessica jess jessie",
    "jesus chuy",
    "joan joanie",
    "joanna jo joanne",
    "john jack johnny jon",
    "jonathan jon jonny nathan",
    "jose pepe joe",
    "joseph joe joey",
    "josephine jo josie",
    "joshua josh",
    "juan john",
    "judith judy",
    "julia julie",
    "kenneth ken kenny",
    "kimberly kim",
    "kristen kris kristin",
    "lawrence larry",
    "leonard len lenny leo",
    "leslie les",
    "lillian lily lil",
    "louis lou louie",
    "louise lou",
    "lucille lucy",
    "manuel manny",
    "margaret maggie meg peggy marge margie greta rita peg",
    "maria mary mia",
    "martha marty",
    "martin marty",
    "mary molly polly mae mamie",
    "matthew matt matty",
    "maurice moe",
    "maxwell max",
    "megan meg",
    "melanie mel",
    "melissa missy mel lissa",
    "melvin mel",
    "michael mike mickey mick mikey",
    "michelle shelly",
    "mildred millie",
    "mitchell mitch",
    "nancy nan",
    "natalie nat",
    "nathan nate",
    "nathaniel nate nat",
    "nicholas nick nicky",
    "nicole nicky nikki",
    "norman norm",
    "oliver ollie",
    "olivia liv livvy",
    "pamela pam",
    "patricia pat patty trish tricia",
    "patrick pat paddy",
    "peter pete",
    "philip phillip phil",
    "phyllis phyl",
    "priscilla cilla",
    "rachel rae",
    "ralph ralphie",
    "randall randy",
    "raymond ray",
    "rebecca becky becca",
    "reginald reggie reg",
    "richard rick rich dick ricky richie",
    "robert bob bobby rob robbie bert",
    "roberta bobbie",
    "roger rog",
    "ronald ron ronnie",
    "rosemary rose rosie",
    "russell russ",
    "ruth ruthie",
    "salvatore sal",
    "samantha sam",
    "samuel sam sammy",
    "sandra sandy",
    "sarah sara sally sadie",
    "sharon shari",
    "shirley shirl",
    "sidney sid",
    "sophia sophie",
    "stanley stan",
    "stephanie steph stevie",
    "stephen steven steve",
    "stuart stu",
    "susan sue susie suzanne suzie",
    "sylvia syl",
    "teresa theresa terry tess",
    "terence terrence terry",
    "theodore ted teddy theo",
    "thomas tom tommy",
    "timothy tim timmy",
    "tobias toby",
    "valerie val",
    "vernon vern",
    "veronica ronnie",
    "victor vic",
    "victoria vicky tori",
    "vincent vince vinny",
    "virginia ginny ginger",
    "walter walt wally",
    "warren ren",
    "wayne way",
    "wesley wes",
    "william bill billy will willie liam",
    "winifred winnie",
    "winston win",
    "yvonne vonnie",
    "zachary zach zack",
});

constexpr auto kParticles = std::to_array<std::string_view>(
    {"al",    "ben", "bin",   "da", "de",  "del", "della",  "den", "der",
     "di",    "dos", "du",    "el", "la",  "le",  "los",    "mac", "mc",
     "saint", "san", "santa", "st", "ter", "van", "vander", "von", "y"});

constexpr auto kDegrees = std::to_array<std::string_view>(
    {"md", "phd", "esq", "dds", "rn", "do", "dvm", "jd", "mba", "cpa"});

struct Spelling {
  std::string_view from;
  std::string_view to;
};

constexpr auto kSuffixes = std::to_array<Spelling>({{"jr", "jr"},
                                                    {"junior", "jr"},
                                                    {"sr", "sr"},
                                                    {"senior", "sr"},
                                                    {"ii", "ii"},
                                                    {"2nd", "ii"},
                                                    {"iii", "iii"},
                                                    {"3rd", "iii"},
                                                    {"iv", "iv"},
                                                    {"4th", "iv"}});

// USPS Publication 28, the spellings that are met in records.
constexpr auto kStreetWords = std::to_array<Spelling>(
    {{"street", "st"},     {"str", "st"},       {"avenue", "ave"},     {"av", "ave"},
     {"road", "rd"},       {"drive", "dr"},     {"boulevard", "blvd"}, {"lane", "ln"},
     {"court", "ct"},      {"circle", "cir"},   {"place", "pl"},       {"square", "sq"},
     {"terrace", "ter"},   {"parkway", "pkwy"}, {"highway", "hwy"},    {"trail", "trl"},
     {"crossing", "xing"}, {"station", "sta"},  {"mount", "mt"},       {"center", "ctr"},
     {"heights", "hts"},   {"junction", "jct"}, {"north", "n"},        {"south", "s"},
     {"east", "e"},        {"west", "w"},       {"northeast", "ne"},   {"northwest", "nw"},
     {"southeast", "se"},  {"southwest", "sw"}});

// From here on a line names a part of the house.
constexpr auto kUnitWords = std::to_array<std::string_view>(
    {"apt", "apartment", "unit", "suite", "ste", "rm", "room", "floor", "fl", "bldg"});

constexpr auto kStates = std::to_array<Spelling>(
    {{"alabama", "al"},        {"alaska", "ak"},         {"arizona", "az"},
     {"arkansas", "ar"},       {"california", "ca"},     {"colorado", "co"},
     {"connecticut", "ct"},    {"delaware", "de"},       {"district of columbia", "dc"},
     {"florida", "fl"},        {"georgia", "ga"},        {"hawaii", "hi"},
     {"idaho", "id"},          {"illinois", "il"},       {"indiana", "in"},
     {"iowa", "ia"},           {"kansas", "ks"},         {"kentucky", "ky"},
     {"louisiana", "la"},      {"maine", "me"},          {"maryland", "md"},
     {"massachusetts", "ma"},  {"michigan", "mi"},       {"minnesota", "mn"},
     {"mississippi", "ms"},    {"missouri", "mo"},       {"montana", "mt"},
     {"nebraska", "ne"},       {"nevada", "nv"},         {"new hampshire", "nh"},
     {"new jersey", "nj"},     {"new mexico", "nm"},     {"new york", "ny"},
     {"north carolina", "nc"}, {"north dakota", "nd"},   {"ohio", "oh"},
     {"oklahoma", "ok"},       {"oregon", "or"},         {"pennsylvania", "pa"},
     {"rhode island", "ri"},   {"south carolina", "sc"}, {"south dakota", "sd"},
     {"tennessee", "tn"},      {"texas", "tx"},          {"utah", "ut"},
     {"vermont", "vt"},        {"virginia", "va"},       {"washington", "wa"},
     {"west virginia", "wv"},  {"wisconsin", "wi"},      {"wyoming", "wy"},
     {"puerto rico", "pr"}});

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

template <typename List>
std::string respell(const List& list, const std::string& word) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&word](const Spelling& each) { return each.from == word; });
  return found == list.end() ? word : std::string(found->to);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
  return digits;
}

bool has_word(std::string_view line, std::string_view word) {
  std::size_t start = 0;
  while (start < line.size()) {
    const std::size_t end = std::min(line.find(' ', start), line.size());
    if (line.substr(start, end - start) == word) return true;
    start = end + 1;
  }
  return false;
}

// Words of one given or family name; a suffix among them is moved to `suffix`.
std::vector<std::string> take_parts(const std::string& text, std::string& suffix) {
  std::vector<std::string> parts;
  for (std::string& part : name_parts(text)) {
    const std::string canonical = respell(kSuffixes, part);
    const bool is_suffix =
        contains(std::to_array<std::string_view>({"jr", "sr", "ii", "iii", "iv"}), canonical);
    // "ii" alone is a suffix; a name that consists of nothing else stays a name.
    if (is_suffix && !parts.empty()) {
      if (suffix.empty()) suffix = canonical;
      continue;
    }
    if (contains(kDegrees, part) && !parts.empty()) continue;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

std::vector<std::string> name_parts(const std::string& name) {
  std::vector<std::string> parts;
  std::string part;
  const auto finish = [&] {
    if (!part.empty()) parts.push_back(std::move(part));
    part.clear();
  };
  const std::string folded = base::fold(name);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = folded[i];
    const bool apostrophe = c == '\'' || c == '`';
    if (folded.compare(i, 3, "\u2019") == 0 || folded.compare(i, 3, "\u2018") == 0) {
      i += 2;  // a typographic apostrophe
    } else if (c == ' ' || c == '-' || c == ',' || c == '\t' || c == '.' || c == '(' || c == ')') {
      finish();
    } else if (folded.compare(i, 3, "\u2010") == 0 || folded.compare(i, 3, "\u2013") == 0) {
      i += 2;  // hyphen and dash
      finish();
    } else if (!apostrophe) {
      part += c;
    }
  }
  finish();
  return parts;
}

SplitName split_name(const PersonName& name) {
  SplitName split;
  for (const std::string& given : name.given) {
    for (std::string& part : take_parts(given, split.suffix))
      split.given.push_back(std::move(part));
  }
  split.family = take_parts(name.family, split.suffix);
  for (const std::string& part : name_parts(name.suffix)) {
    const std::string canonical = respell(kSuffixes, part);
    if (contains(std::to_array<std::string_view>({"jr", "sr", "ii", "iii", "iv"}), canonical)) {
      split.suffix = canonical;
    }
  }
  return split;
}

bool is_name_particle(std::string_view part) { return contains(kParticles, part); }

bool are_nicknames(std::string_view a, std::string_view b) {
  return std::any_of(kNicknames.begin(), kNicknames.end(),
                     [&](std::string_view line) { return has_word(line, a) && has_word(line, b); });
}

AddressKey address_key(const PostalAddress& address) {
  AddressKey key;
  std::vector<std::string> words = name_parts(base::join(address.lines, " "));
  for (std::string& word : words)
    word.erase(std::remove(word.begin(), word.end(), '#'), word.end());
  std::erase(words, "");
  if (!words.empty() && is_digit(words.front().front())) {
    key.number = words.front();
    words.erase(words.begin());
  }
  std::vector<std::string> street;
  for (const std::string& word : words) {
    if (contains(kUnitWords, word) && !street.empty()) break;
    street.push_back(respell(kStreetWords, word));
  }
  key.street = base::join(street, " ");
  const std::string zip = digits_of(address.zip.substr(0, address.zip.find('-')));
  if (zip.size() == 5 || zip.size() == 9) key.zip = zip.substr(0, 5);
  key.city = base::join(name_parts(address.city), " ");
  key.state = respell(kStates, base::join(name_parts(address.state), " "));
  return key;
}

std::string phone_key(std::string_view phone) {
  if (const std::size_t x = phone.find_first_of("xX"); x != std::string_view::npos) {
    phone = phone.substr(0, x);  // extension
  }
  std::string digits = digits_of(phone);
  if (digits.size() == 11 && digits.front() == '1') digits.erase(0, 1);
  if (digits.size() < 7) return {};
  const bool all_same =
      std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits.front(); });
  return all_same ? std::string{} : digits;
}

std::string mail_key(std::string_view mail) {
  if (mail.starts_with("mailto:")) mail.remove_prefix(7);
  std::string key = base::to_lower_ascii(base::trim(mail));
  return key.find('@') == std::string::npos ? std::string{} : key;
}

std::string usable_ssn(const std::string& text) {
  // "XXX-XX-6789" and "***-**-6789" say what they hide: nobody's number.
  const bool masked = std::any_of(text.begin(), text.end(), [](char c) {
    return !is_digit(c) && c != '-' && c != ' ' && c != '.';
  });
  if (masked) return {};
  const std::string digits = digits_of(text);
  if (digits.size() == 4) return digits == "0000" || digits == "9999" ? std::string{} : digits;
  if (digits.size() != 9) return {};
  const bool all_same =
      std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits.front(); });
  // Areas 000 and 666 were never given out; group 00 and serial 0000 neither (SSA POMS
  // RM 10201.035). The others are what forms print as examples.
  const bool never_given = digits.starts_with("000") || digits.starts_with("666") ||
                           digits.substr(3, 2) == "00" || digits.substr(5) == "0000";
  const bool example = digits == "123456789" || digits == "078051120" || digits == "219099999" ||
                       digits.starts_with("99999");
  return all_same || never_given || example ? std::string{} : digits;
}

double jaro_winkler(const std::string& a, const std::string& b) {
  if (a == b) return a.empty() ? 0.0 : 1.0;
  if (a.empty() || b.empty()) return 0.0;
  const std::size_t window = std::max(a.size(), b.size()) / 2;
  const std::size_t reach = window > 0 ? window - 1 : 0;
  std::vector<bool> a_used(a.size());
  std::vector<bool> b_used(b.size());
  std::size_t matches = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::size_t from = i > reach ? i - reach : 0;
    const std::size_t to = std::min(b.size(), i + reach + 1);
    for (std::size_t j = from; j < to; ++j) {
      if (b_used[j] || a[i] != b[j]) continue;
      a_used[i] = b_used[j] = true;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0.0;
  std::size_t half_transpositions = 0;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a_used[i]) continue;
    while (!b_used[j]) ++j;
    if (a[i] != b[j]) ++half_transpositions;
    ++j;
  }
  const auto m = static_cast<double>(matches);
  const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
                       (m - static_cast<double>(half_transpositions) / 2.0) / m) /
                      3.0;
  std::size_t prefix = 0;
  while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1.0 - jaro);
}

}  // namespace chartroom::evidence
