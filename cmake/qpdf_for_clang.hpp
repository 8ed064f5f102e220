// Included by force, only under clang, before sources that use qpdf.
//
// qpdf 11 holds, in qpdf/JSON.hh, a vector of a class within that class. clang refuses this with
// C++20's library: it looks into a constexpr destructor at once, where g++ waits for the end of the
// file. There and only there (a private member, so no name that is linked changes) the vector gets
// a destructor that is not constexpr.
#pragma once

#include <qpdf/DLL.h>
#include <qpdf/Types.h>

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <qpdf/PointerHolder.hh>
#include <set>
#include <string>
#include <vector>

namespace std {
template <typename T>
struct vector_for_qpdf : vector<T> {
  ~vector_for_qpdf() {}
};
}  // namespace std

#define vector vector_for_qpdf
#include <qpdf/JSON.hh>
#undef vector
