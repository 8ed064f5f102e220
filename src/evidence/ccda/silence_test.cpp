// Nothing is passed over in silence: every clinical statement of every published document is a fact
// or a loss, holds one, or is a detail of one.
#include <map>
#include <pugixml.hpp>
#include <set>

#include "evidence/ccda/context.hpp"
#include "evidence/ccda/datatypes.hpp"
#include "evidence/ccda/entries.hpp"
#include "evidence/ccda/templates.hpp"
#include "evidence/ccda/test_documents.hpp"
#include "evidence/ccda/xml.hpp"
#include "evidence/shared_data_test.hpp"

namespace chartroom::evidence::ccda::testing {
namespace {

// Places of the statements that nothing was made of and that are no detail of the one around them.
class Listener {
 public:
  explicit Listener(const Reading& reading) {
    for (const Fact& fact : reading.facts) places_.insert(fact.sources.front().locator);
    for (const Loss& loss : reading.losses) places_.insert(loss.locator);
  }

  void visit(const Statement& statement) {
    for (const char* link : {"entry", "entryRelationship", "component"}) {
      each_related(statement, link, [&](pugi::xml_node, const Statement& child) {
        if (is_detail(child.node)) return;  // and so is what it holds
        if (is_silent(child)) silent.push_back(child.locator);
        visit(child);
      });
    }
    std::size_t place = 0;
    for (const auto component : statement.node.children("component")) {
      ++place;
      const auto section = component.child("section");
      if (!section) continue;
      visit({section, (statement.locator.empty() ? "" : statement.locator + "/") + "component[" +
                          std::to_string(place) + "]/section"});
    }
  }

  std::vector<std::string> silent;

 private:
  [[nodiscard]] bool is_silent(const Statement& statement) const {
    const std::string_view element = statement.node.name();
    if (is_null(statement.node)) return false;
    if (element == "observationMedia" || element == "regionOfInterest") return false;
    // "See the entry with this id" is a link.
    std::set<std::string> children;
    for (const auto child : statement.node.children()) children.insert(child.name());
    for (const char* link : {"", "id", "templateId", "statusCode", "realmCode"})
      children.erase(link);
    if (children.empty()) return false;
    if (related(statement.node, "2.16.840.1.113883.10.20.22.4.122")) return false;
    const auto at = places_.lower_bound(statement.locator);
    return at == places_.end() || !at->starts_with(statement.locator);
  }

  std::set<std::string> places_;
};

TEST(Silence, EveryStatementIsAFactOrALossOrADetail) {
  CHARTROOM_NEED_SHARED_DATA();
  std::size_t documents = 0;
  for (const auto& path : evidence::testing::files_under("ccda")) {
    const std::string bytes = evidence::testing::load(path);
    const auto reading = read_ccda(bytes);
    if (!reading) continue;
    ++documents;
    pugi::xml_document tree;
    bool repaired = false;
    ASSERT_TRUE(load_xml(bytes, tree, repaired).has_value());
    Listener listener(*reading);
    listener.visit({tree.document_element().child("component").child("structuredBody"), ""});
    for (const std::string& place : listener.silent) {
      ADD_FAILURE() << path.filename().string() << " " << place;
    }
  }
  EXPECT_GE(documents, 40U);
}

}  // namespace
}  // namespace chartroom::evidence::ccda::testing
