#include "evidence/rtf.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace chartroom::evidence {
namespace {

constexpr std::size_t kRtfDepthMost = 200;
constexpr std::size_t kWordMost = 32;    // longest control word of the specification
constexpr std::size_t kDigitsMost = 10;  // of a control word's number

// Windows-1252 from 0x80 to 0x9F; 0: not assigned.
constexpr std::array<char32_t, 32> kWindows = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// Groups that hold no running text (destinations of the specification's tables).
constexpr auto kSilentDestinations = std::to_array<std::string_view>(
    {"fonttbl", "colortbl",  "stylesheet", "info",         "pict",
     "object",  "header",    "headerl",    "headerr",      "headerf",
     "footer",  "footerl",   "footerr",    "footerf",      "listtable",
     "rsidtbl", "generator", "themedata",  "datastore",    "xmlnstbl",
     "fldinst", "bkmkstart", "bkmkend",    "latentstyles", "colorschememapping",
     "filetbl", "revtbl",    "nonshppict"});

struct RtfWord {
  std::string_view letters;
  std::string_view characters;  // written for it
};
constexpr auto kRtfCharacters = std::to_array<RtfWord>({{"par", "\n"},
                                                        {"line", "\n"},
                                                        {"sect", "\n"},
                                                        {"page", "\n"},
                                                        {"row", "\n"},
                                                        {"cell", "\t"},
                                                        {"tab", "\t"},
                                                        {"emdash", "\xE2\x80\x94"},
                                                        {"endash", "\xE2\x80\x93"},
                                                        {"bullet", "\xE2\x80\xA2"},
                                                        {"lquote", "\xE2\x80\x98"},
                                                        {"rquote", "\xE2\x80\x99"},
                                                        {"ldblquote", "\xE2\x80\x9C"},
                                                        {"rdblquote", "\xE2\x80\x9D"}});

bool is_rtf_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_rtf_digit(char c) { return c >= '0' && c <= '9'; }

void append_rtf_utf8(char32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    out += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

class RtfReader {
 public:
  explicit RtfReader(std::string_view bytes) : bytes_(bytes) {}

  std::string read() {
    while (at_ < bytes_.size()) step();
    return std::move(out_);
  }

 private:
  struct Group {
    bool silent = false;
    std::int64_t fallback = 1;  // characters that stand in for one of \u
  };

  void step() {
    const char c = bytes_[at_++];
    if (c == '{') {
      open();
    } else if (c == '}') {
      close();
    } else if (c == '\\') {
      control();
    } else if (c != '\r' && c != '\n' && c != '\0') {
      character(static_cast<unsigned char>(c));
    }
  }

  void open() {
    skip_ = 0;
    if (beyond_ > 0 || stack_.size() >= kRtfDepthMost) {
      ++beyond_;
    } else {
      stack_.push_back(group_);
    }
  }

  void close() {
    skip_ = 0;
    if (beyond_ > 0) {
      --beyond_;
    } else if (!stack_.empty()) {
      group_ = stack_.back();
      stack_.pop_back();
    }
  }

  [[nodiscard]] bool silent() const { return beyond_ > 0 || group_.silent; }

  void write(std::string_view text) {
    if (!silent()) out_ += text;
  }

  // One character of the running text, in Windows-1252.
  void character(unsigned char c) {
    if (skip_ > 0) {
      --skip_;
      return;
    }
    if (silent()) return;
    char32_t point = c;
    if (c >= 0x80 && c < 0xA0) point = kWindows[c - 0x80U] != 0 ? kWindows[c - 0x80U] : 0xFFFD;
    if (c == 0x7F || (c < 0x20 && c != '\t')) point = ' ';
    append_rtf_utf8(point, out_);
  }

  void control() {
    if (at_ >= bytes_.size()) return;
    const char c = bytes_[at_];
    if (is_rtf_letter(c)) return word();
    ++at_;
    switch (c) {
      case '\'':
        return hexadecimal();
      case '*':
        group_.silent = true;  // a destination that readers may not know
        return;
      case '\r':
      case '\n':
        return write("\n");
      case '~':
        return write(" ");
      case '_':
        return write("-");
      case '\\':
      case '{':
      case '}':
        return character(static_cast<unsigned char>(c));
      default:
        return;
    }
  }

  void hexadecimal() {
    int value = 0;
    for (int i = 0; i < 2 && at_ < bytes_.size(); ++i, ++at_) {
      const char c = bytes_[at_];
      if (is_rtf_digit(c)) {
        value = value * 16 + (c - '0');
      } else if (c >= 'a' && c <= 'f') {
        value = value * 16 + (c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        value = value * 16 + (c - 'A' + 10);
      } else {
        break;
      }
    }
    character(static_cast<unsigned char>(value));
  }

  void word() {
    const std::size_t start = at_;
    while (at_ < bytes_.size() && is_rtf_letter(bytes_[at_]) && at_ - start < kWordMost) ++at_;
    const std::string_view letters = bytes_.substr(start, at_ - start);
    bool has_number = false;
    bool negative = false;
    std::int64_t number = 0;
    if (at_ + 1 < bytes_.size() && bytes_[at_] == '-' && is_rtf_digit(bytes_[at_ + 1])) {
      negative = true;
      ++at_;
    }
    for (std::size_t digits = 0;
         at_ < bytes_.size() && is_rtf_digit(bytes_[at_]) && digits < kDigitsMost;
         ++digits, ++at_) {
      has_number = true;
      number = number * 10 + (bytes_[at_] - '0');
    }
    if (negative) number = -number;
    if (at_ < bytes_.size() && bytes_[at_] == ' ') ++at_;
    apply(letters, has_number, number);
  }

  void apply(std::string_view letters, bool has_number, std::int64_t number) {
    if (letters == "u" && has_number) return unicode(number);
    if (letters == "uc" && has_number) {
      group_.fallback = std::clamp<std::int64_t>(number, 0, 16);
    } else if (letters == "bin" && number > 0) {
      at_ += std::min(static_cast<std::size_t>(number), bytes_.size() - at_);
    } else if (std::find(kSilentDestinations.begin(), kSilentDestinations.end(), letters) !=
               kSilentDestinations.end()) {
      group_.silent = true;
    } else if (skip_ == 0) {
      for (const RtfWord& each : kRtfCharacters) {
        if (each.letters == letters) return write(each.characters);
      }
    } else {
      --skip_;
    }
  }

  // \uN, N as a signed 16-bit number; two of them for what lies beyond (UTF-16).
  void unicode(std::int64_t number) {
    skip_ = group_.fallback;
    if (silent()) return;
    const auto unit = static_cast<char32_t>(number & 0xFFFF);
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_ = unit;
      return;
    }
    if (unit >= 0xDC00 && unit < 0xE000) {
      const char32_t point =
          high_ == 0 ? 0xFFFD : 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00);
      high_ = 0;
      return append_rtf_utf8(point, out_);
    }
    high_ = 0;
    append_rtf_utf8(unit < 0x20 ? U' ' : unit, out_);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<Group> stack_;
  Group group_;
  std::size_t beyond_ = 0;  // groups that are open and too deep to be read
  std::int64_t skip_ = 0;   // characters that only stand in for the \u before them
  char32_t high_ = 0;
};

}  // namespace

bool is_rtf(std::string_view bytes) { return bytes.starts_with("{\\rtf"); }

std::string rtf_text(std::string_view bytes) {
  return base::to_valid_utf8(base::trim(RtfReader(bytes).read()));
}

}  // namespace chartroom::evidence
