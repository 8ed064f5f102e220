"""What proves the register of disagreements (13) and the decisions where no source says anything (14); see rows_api."""

ROWS = {
    # 13 Register of disagreements
    "13/C1": ("The e-mail is required, a type may waive it",
        "order_answer.the_email_is_needed_unless_the_type_waives_it"),
    "13/C2": ("Three genders", "order_fields.genders order_fields.refused_texts"),
    "13/C3": ("Six formats, one answer",
        "order_fields.dates_of_birth_in_six_formats_answered_in_one order_fields.dates_that_are_none"),
    "13/C4": ("The pattern and one placeholder",
        "order_fields.social_security_numbers order_fields.social_security_numbers_that_are_none"),
    "13/C5": ("Bytes are not looked at",
        "order_parts.attachments_that_are_accepted order_parts.what_counts_as_authorization "
        "main_job.sample_order_is_answered_as_documented"),
    "13/C6": ("No part of an address is required, or city and state",
        "order_parts.addresses_need_no_part order_answer.city_and_state_are_needed_where_that_is_set"),
    "13/C7": ("Text, or a number with its zeros back", "order_parts.a_zip_code_keeps_its_zeros"),
    "13/C8": ("Name or organization", "order_parts.providers_that_are_accepted order_parts.refused_providers"),
    "13/C9": ("202 and one object", "order_answer.the_answer_has_the_documented_members_in_order"),
    "13/C10": ("With id and createdAt", "subscribers.a_subscription_is_answered_as_an_array_of_one"),
    "13/C11": ("clientUserId alone is required",
        "subscribers.lists_that_are_refused subscribers.the_list_is_newest_first_and_filtered"),
    "13/C12": ("Two names in, one out, both at once refused",
        "order_parts.client_data_comes_back_under_one_name order_parts.client_data_under_both_names"),
    "13/C13": ("status on create and list, not in the details",
        "order_answer.the_answer_has_the_documented_members_in_order users.a_listed_user "
        "users.details_of_a_user"),
    "13/C14": ("A summary at every status", "lifecycle.states_are_told_in_their_order"),
    "13/C15": ("Each surface its spelling",
        "lifecycle.details_say_it_in_title_case lifecycle.order_status_is_exact lifecycle.payloads_are_exact "
        "reports_and_links.the_way_back_after_a_task"),
    "13/C16": ("Milliseconds and Z; six digits where that is set",
        "notifications.vendor_notes_are_exact lifecycle.order_summary_is_exact"),
    "13/C17": ("UUID out, anything in",
        "reports_and_links.groups_and_reports_have_the_documented_members "
        "reports_and_links.report_ids_are_opaque"),
    "13/C18": ("consumerLink, no inviteLink",
        "order_answer.the_answer_has_the_documented_members_in_order order_fields.refused_texts"),
    "13/E1": ("code and statusCode, equal", "envelopes.the_published_400 envelopes.the_published_404"),
    "13/E2": ("400; 422 for Idempotency-Key alone",
        "envelopes.invalid_bodies_are_400_and_never_422 idempotency.another_body_with_the_same_key"),
    "13/E3": ("Where we limit, envelope A and Retry-After",
        "rate_limits.actions_are_limited_for_each_user rate_limits.guessing_is_limited_for_each_client_id"),
    "13/T1": ("The last is sent, then nothing",
        "abort.abort_cancels_and_says_so_once lifecycle.nothing_follows_the_end"),
    "13/R1": ("Names on the wire stay reports",
        "lifecycle.reports_in_a_payload_are_exact "
        "reports_and_links.groups_and_reports_have_the_documented_members"),
    "13/R2": ("portal, ehr and offline towards customers",
        "notifications.vendor_notes_are_exact decisions.paper_is_asked_after_seven_days"),
    # 14 Decisions where nobody says
    "14/Repeat-POST-api-v1-users": ("Open 409, ended a further order, another e-mail 409",
        "order_answer.while_an_order_is_open_there_is_no_second "
        "order_answer.after_the_end_the_same_user_gets_another_order "
        "order_answer.another_email_for_a_known_user_is_a_conflict"),
    "14/Same-person-under-another-clientUserId": ("Another user; nothing is shared between applications",
        "order_answer.the_same_person_under_another_id_is_another_user "
        "bad_input.the_same_client_user_id_elsewhere_is_another_user "
        "tenant_matrix.what_is_somebody_elses_is_as_what_is_not"),
    "14/Order-timeout": ("30 days, per type",
        "decisions.an_order_has_thirty_days "
        "order_types.an_order_times_out_as_its_type_says_and_keeps_its_type"),
    "14/Task-allotted-time": ("10 days, then without it", "decisions.a_task_has_ten_days_and_the_order_goes_on"),
    "14/Reminders-to-the-applicant": ("After 1, 3 and 7 days",
        "decisions.the_applicant_is_reminded_after_one_three_and_seven_days "
        "mail.three_reminders_and_then_silence"),
    "14/APS-delay": ("7 days", "decisions.paper_is_asked_after_seven_days"),
    "14/Retention": ("90 days, then reports are gone and the order stays",
        "decisions.reports_live_ninety_days_and_the_order_stays decisions.retention_is_a_setting"),
    "14/Report-uri": ("Needs the token",
        "reports_and_links.a_report_needs_the_token decisions.reports_live_ninety_days_and_the_order_stays"),
    "14/Paging": ("offset, limit, Link and X-Total-Count, newest first",
        "users.pages_are_newest_first_and_fifty_long users.pages_are_counted_and_linked "
        "subscribers.the_list_is_paged_and_counted"),
    "14/Body-limit": ("413, 404, 405, 415 and broken JSON",
        "bad_input.too_large_body bad_input.declared_size_is_enough_to_refuse bad_input.unknown_paths "
        "bad_input.wrong_methods bad_input.wrong_media_type bad_input.broken_json "
        "envelopes.broken_json_and_other_bodies envelopes.wrong_methods_name_the_right_ones"),
    "14/Request-id": ("In every answer; a good one is kept",
        "envelopes.request_ids_are_of_ours_or_the_callers envelopes.request_ids_differ"),
    "14/Sufficiency": ("Per type: sources or named providers, facts, age; by default one source with records",
        "decisions.what_is_enough_is_a_setting_of_the_type main_job.notifications_arrive_in_order_and_signed"),
    "14/fcraSuppressed": ("Completed, blocked, nothing to fetch",
        "decisions.a_suppressed_person_has_no_reports_anywhere"),
    "14/Key-order-in-JSON": ("As in the samples",
        "order_answer.the_answer_has_the_documented_members_in_order lifecycle.order_status_is_exact "
        "lifecycle.order_summary_is_exact notifications.vendor_notes_are_exact users.details_of_a_user"),
}
