// Commits, and what concerns users, orders and their documents. See tenant_reads.cpp for the rest.
#include "store/tenant_store.hpp"

#include <algorithm>

#include "store/apply.hpp"
#include "store/columns.hpp"

namespace chartroom::store {

using base::Result;

namespace {

app::StoreObserver::Outcome outcome_of(const Result<void>& done) {
  using Outcome = app::StoreObserver::Outcome;
  if (done) return Outcome::committed;
  return done.error().code == base::ErrorCode::conflict ? Outcome::conflict : Outcome::failed;
}

}  // namespace

Result<void> SqlTenantStore::commit(const app::Commit& writes) {
  if (writes.empty()) return {};
  if (writes.size() > kWritesMost) {
    return base::fail(base::ErrorCode::too_large, "a commit holds at most 10000 writes");
  }
  std::vector<Prepared> prepared;
  prepared.reserve(writes.size());
  std::size_t bytes = 0;
  for (const app::Write& write : writes) {
    prepared.push_back(prepare(database_.sealer(), client_id_, write));
    bytes += prepared.back().sealed.size() + prepared.back().document.size();
  }
  const auto begun = std::chrono::steady_clock::now();
  auto done = database_.commit(client_id_, prepared, bytes);
  if (app::StoreObserver* observer = database_.observer()) {
    observer->committed(writes, outcome_of(done), std::chrono::steady_clock::now() - begun);
  }
  return done;
}

Result<std::string> SqlTenantStore::open(std::string_view table, std::string_view column,
                                         std::string_view row_id, std::string_view sealed) const {
  return database_.sealer().open(sealed, Place{client_id_, table, column, row_id}.context());
}

// ── users ───────────────────────────────────────────────────────────────────────────────────────

Result<app::User> SqlTenantStore::read_user(const Row& row) const {
  app::User user;
  user.human_id = row.text(0);
  user.user_id = row.text(1);
  user.client_user_id = row.text(2);
  user.created_at = row.time(3);
  user.updated_at = row.time(4);
  user.version = row.integer(6);
  auto plain = open("users", "profile", user.human_id, row.view(5));
  if (!plain) return base::pass_on(plain.error());
  auto profile = app::new_order_from_json(*plain);
  if (!profile) return base::pass_on(profile.error());
  user.profile = std::move(*profile);
  return user;
}

Result<std::optional<app::User>> SqlTenantStore::find_user(const std::string& human_id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::User>(
        "SELECT human_id, user_id, client_user_id, created_at_ms, updated_at_ms, profile_sealed, "
        "version "
        "FROM users WHERE client_id = ? AND human_id = ?",
        [this](const Row& row) { return read_user(row); }, client_id_, human_id);
  });
}

Result<std::optional<app::User>> SqlTenantStore::find_user_by_client_user_id(
    const std::string& client_user_id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::User>(
        "SELECT human_id, user_id, client_user_id, created_at_ms, updated_at_ms, profile_sealed, "
        "version "
        "FROM users WHERE client_id = ? AND client_user_id = ?",
        [this](const Row& row) { return read_user(row); }, client_id_, client_user_id);
  });
}

Result<app::IntakeContext> SqlTenantStore::intake_context(const std::string& client_user_id) {
  return database_.fetch([&](Session& db) -> Result<app::IntakeContext> {
    app::IntakeContext context;
    const auto take = [&](const Row& row) -> Result<void> {
      constexpr int kDocument = 7;
      if (!row.is_null(kDocument)) {
        auto type = order::order_type_from_json(row.view(kDocument));
        if (!type) return base::pass_on(type.error());
        context.own_types.push_back(std::move(*type));
        return {};
      }
      auto user = read_user(row);
      if (!user) return base::pass_on(user.error());
      context.user = std::move(*user);
      return {};
    };
    auto read = db.each(
        "SELECT human_id, user_id, client_user_id, created_at_ms, updated_at_ms, profile_sealed, "
        "version, NULL FROM users WHERE client_id = ?1 AND client_user_id = ?2 UNION ALL "
        "SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, document FROM order_types "
        "WHERE client_id = ?1",
        take, client_id_, client_user_id);
    if (!read) return base::pass_on(read.error());
    return context;
  });
}

Result<app::Page<app::User>> SqlTenantStore::list_users(std::size_t offset, std::size_t limit) {
  return database_.fetch([&](Session& db) -> Result<app::Page<app::User>> {
    auto total = db.number("SELECT count(*) FROM users WHERE client_id = ?", client_id_);
    if (!total) return base::pass_on(total.error());
    auto users = db.all<app::User>(
        "SELECT human_id, user_id, client_user_id, created_at_ms, updated_at_ms, profile_sealed, "
        "version "
        "FROM users INDEXED BY users_newest WHERE client_id = ? "
        "ORDER BY sequence DESC LIMIT ? OFFSET ?",
        [this](const Row& row) { return read_user(row); }, client_id_, limit, offset);
    if (!users) return base::pass_on(users.error());
    // Two statements, two moments: a user may have come in between.
    const auto counted = static_cast<std::uint64_t>(total->value_or(0));
    const std::uint64_t seen = users->empty() ? 0 : offset + users->size();
    return app::Page<app::User>{std::move(*users), std::max(counted, seen)};
  });
}

// ── orders ──────────────────────────────────────────────────────────────────────────────────────

Result<app::StoredOrder> SqlTenantStore::read_order(const Row& row) const {
  app::StoredOrder order;
  const std::string id = row.text(0);
  order.version = row.integer(1);
  order.human_id = row.text(2);
  order.client_user_id = row.text(3);
  auto core = order::order_from_json(row.view(4));
  if (!core) return base::pass_on(core.error());
  order.core = std::move(*core);
  auto plain = open("orders", "request", id, row.view(5));
  if (!plain) return base::pass_on(plain.error());
  if (const auto read = app::read_sealed_part(*plain, order); !read) {
    return base::pass_on(read.error());
  }
  return order;
}

Result<std::optional<app::StoredOrder>> SqlTenantStore::find_order(const std::string& order_id) {
  return database_.fetch([&](Session& db) {
    return db.one<app::StoredOrder>(
        "SELECT id, version, human_id, client_user_id, core, request_sealed "
        "FROM orders WHERE client_id = ? AND id = ?",
        [this](const Row& row) { return read_order(row); }, client_id_, order_id);
  });
}

Result<std::vector<app::StoredOrder>> SqlTenantStore::orders_of(const std::string& human_id) {
  return database_.fetch([&](Session& db) {
    return db.all<app::StoredOrder>(
        "SELECT id, version, human_id, client_user_id, core, request_sealed "
        "FROM orders WHERE client_id = ? AND human_id = ? ORDER BY sequence DESC",
        [this](const Row& row) { return read_order(row); }, client_id_, human_id);
  });
}

// ── documents ───────────────────────────────────────────────────────────────────────────────────

Result<std::vector<app::Blob>> SqlTenantStore::blobs_of(const std::string& order_id) {
  const auto read_blob = [this](const Row& row) -> Result<app::Blob> {
    app::Blob blob;
    blob.id = row.text(0);
    blob.order_id = row.text(1);
    blob.type = row.text(2);
    blob.content_type = row.text(3);
    blob.created_at = row.time(4);
    auto plain = open("blobs", "bytes", blob.id, row.view(5));
    if (!plain) return base::pass_on(plain.error());
    blob.bytes = base::Sensitive<std::string>(std::move(*plain));
    return blob;
  };
  return database_.fetch([&](Session& db) {
    return db.all<app::Blob>(
        "SELECT id, order_id, type, content_type, created_at_ms, bytes_sealed "
        "FROM blobs WHERE client_id = ? AND order_id = ? ORDER BY sequence",
        read_blob, client_id_, order_id);
  });
}

Result<app::RawRecord> SqlTenantStore::read_record(const Row& row, bool with_bytes) const {
  app::RawRecord record;
  record.id = row.text(0);
  record.order_id = row.text(1);
  auto channel = from_text(row.view(2), kChannels);
  if (!channel) return base::pass_on(channel.error());
  record.channel = *channel;
  record.provider_id = row.text(3);
  record.provider_name = row.text(4);
  record.media_type = row.text(5);
  record.label = row.text(6);
  record.sha256 = row.text(7);
  auto verdict = from_text(row.view(8), kVerdicts);
  if (!verdict) return base::pass_on(verdict.error());
  record.verdict = *verdict;
  record.decision_json = row.text(9);
  record.supporting = row.flag(10);
  record.retrieved_at = row.time(11);
  if (!with_bytes || row.is_null(12)) return record;
  auto plain = open("records", "bytes", record.id, row.view(12));
  if (!plain) return base::pass_on(plain.error());
  record.bytes = base::Sensitive<std::string>(std::move(*plain));
  return record;
}

Result<std::vector<app::RawRecord>> SqlTenantStore::records_of(const std::string& order_id,
                                                               bool with_bytes) {
  return database_.fetch([&](Session& db) -> Result<std::vector<app::RawRecord>> {
    if (!with_bytes) {
      return db.all<app::RawRecord>(
          "SELECT id, order_id, channel, provider_id, provider_name, media_type, label, sha256, "
          "verdict, decision, supporting, retrieved_at_ms "
          "FROM records WHERE client_id = ? AND order_id = ? ORDER BY sequence",
          [this](const Row& row) { return read_record(row, false); }, client_id_, order_id);
    }
    return db.all<app::RawRecord>(
        "SELECT r.id, r.order_id, r.channel, r.provider_id, r.provider_name, r.media_type, "
        "r.label, r.sha256, r.verdict, r.decision, r.supporting, r.retrieved_at_ms, "
        "b.bytes_sealed FROM records r LEFT JOIN record_bytes b "
        "ON b.sequence = r.sequence AND b.client_id = r.client_id "
        "WHERE r.client_id = ? AND r.order_id = ? ORDER BY r.sequence",
        [this](const Row& row) { return read_record(row, true); }, client_id_, order_id);
  });
}

Result<app::StoredReport> SqlTenantStore::read_report(const Row& row) const {
  app::StoredReport report;
  report.id = row.text(0);
  report.order_id = row.text(1);
  report.human_id = row.text(2);
  report.name = row.text(3);
  report.file_extension = row.text(4);
  report.created_at = row.time(7);
  auto names = list_from_json(row.view(5));
  if (!names) return base::pass_on(names.error());
  report.base_report_names = std::move(*names);
  auto providers = list_from_json(row.view(6));
  if (!providers) return base::pass_on(providers.error());
  report.provider_ids = std::move(*providers);
  return report;
}

Result<std::vector<app::StoredReport>> SqlTenantStore::reports_of(const std::string& human_id) {
  return database_.fetch([&](Session& db) {
    return db.all<app::StoredReport>(
        "SELECT id, order_id, human_id, name, file_extension, base_report_names, provider_ids, "
        "created_at_ms FROM reports WHERE client_id = ? AND human_id = ? ORDER BY sequence",
        [this](const Row& row) { return read_report(row); }, client_id_, human_id);
  });
}

Result<std::optional<app::StoredReport>> SqlTenantStore::find_report(const std::string& report_id) {
  const auto with_bytes = [this](const Row& row) -> Result<app::StoredReport> {
    auto report = read_report(row);
    if (!report) return report;
    auto plain = open("reports", "bytes", report->id, row.view(8));
    if (!plain) return base::pass_on(plain.error());
    report->bytes = base::Sensitive<std::string>(std::move(*plain));
    return report;
  };
  return database_.fetch([&](Session& db) {
    return db.one<app::StoredReport>(
        "SELECT r.id, r.order_id, r.human_id, r.name, r.file_extension, r.base_report_names, "
        "r.provider_ids, r.created_at_ms, b.bytes_sealed "
        "FROM reports r JOIN report_bytes b "
        "ON b.sequence = r.sequence AND b.client_id = r.client_id "
        "WHERE r.client_id = ? AND r.id = ?",
        with_bytes, client_id_, report_id);
  });
}

}  // namespace chartroom::store
