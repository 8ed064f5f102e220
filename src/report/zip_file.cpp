#include "report/zip_file.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>

namespace chartroom::report {
namespace {

struct SourceFree {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct ArchiveDiscard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

base::Error broken() { return {base::ErrorCode::internal, "an archive could not be written", ""}; }

/// Date and time of a ZIP entry, in UTC: libzip's own conversion would use the machine's zone.
struct DosTime {
  zip_uint16_t time = 0;
  zip_uint16_t date = 0;
};

DosTime dos_time(base::TimePoint when) {
  using namespace std::chrono;
  const auto day = floor<days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{floor<seconds>(when - day)};
  const int year = std::clamp(static_cast<int>(date.year()), 1980, 2107);
  DosTime made;
  made.date = static_cast<zip_uint16_t>(((year - 1980) << 9) |
                                        (static_cast<int>(unsigned{date.month()}) << 5) |
                                        static_cast<int>(unsigned{date.day()}));
  made.time = static_cast<zip_uint16_t>(
      (time.hours().count() << 11) | (time.minutes().count() << 5) | (time.seconds().count() / 2));
  return made;
}

bool add_entry(zip_t* archive, const ZipEntry& entry, const DosTime& when) {
  // Not copied and not freed: the entries outlive the archive.
  zip_source_t* data = zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
  if (data == nullptr) return false;
  const zip_int64_t index =
      zip_file_add(archive, entry.name.c_str(), data, ZIP_FL_ENC_UTF_8 | ZIP_FL_OVERWRITE);
  if (index < 0) {
    zip_source_free(data);
    return false;
  }
  return zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), when.time, when.date, 0) ==
         0;
}

base::Result<std::string> read_all(zip_source_t* source) {
  zip_stat_t about;
  if (zip_source_open(source) != 0) return tl::unexpected(broken());
  if (zip_source_stat(source, &about) != 0) {
    zip_source_close(source);
    return tl::unexpected(broken());
  }
  std::string bytes(about.size, '\0');
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count < 0 || static_cast<std::size_t>(count) != bytes.size()) {
    return tl::unexpected(broken());
  }
  return bytes;
}

}  // namespace

base::Result<std::string> make_zip(const std::vector<ZipEntry>& entries, base::TimePoint when) {
  zip_error_t error;
  zip_error_init(&error);
  std::unique_ptr<zip_source_t, SourceFree> target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!target) return tl::unexpected(broken());
  std::unique_ptr<zip_t, ArchiveDiscard> archive(
      zip_open_from_source(target.get(), ZIP_TRUNCATE, &error));
  if (!archive) return tl::unexpected(broken());
  zip_source_keep(target.get());  // closing the archive drops its own hold
  const DosTime time = dos_time(when);
  for (const ZipEntry& entry : entries) {
    if (!add_entry(archive.get(), entry, time)) return tl::unexpected(broken());
  }
  if (zip_close(archive.get()) != 0) return tl::unexpected(broken());
  (void)archive.release();  // closed
  return read_all(target.get());
}

}  // namespace chartroom::report
