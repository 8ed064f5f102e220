#include "pages/pages.hpp"

namespace chartroom::pages {

std::vector<http::Route> make_routes(PagePorts /*ports*/) {
  return {{"GET", "/", [](const http::Request&) {
             http::Response response;
             response.with("Content-Type", "text/html; charset=utf-8");
             response.body = "<!doctype html><html lang=\"en\"><title>Chartroom</title><h1>Chartroom</h1>";
             return response;
           }}};
}

}  // namespace chartroom::pages
