// Boost.URL, compiled here from its headers: no further package to install.
#include <boost/url/src.hpp>
