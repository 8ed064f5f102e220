#include "app/types.hpp"

namespace chartroom::app {

const char* to_string(RecordVerdict verdict) {
  switch (verdict) {
    case RecordVerdict::accepted:
      return "accepted";
    case RecordVerdict::quarantined:
      return "quarantined";
    case RecordVerdict::rejected:
      return "rejected";
    case RecordVerdict::unreadable:
      return "unreadable";
  }
  return "rejected";
}

}  // namespace chartroom::app
