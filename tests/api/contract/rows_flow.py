"""What proves the rows of sections 4, 6, 7, 9 and 10; see rows_api."""

ROWS = {
    # 4.1 States
    "4.1/Created": ("Received and not started; soon left", "lifecycle.an_order_leaves_created_at_once"),
    "4.1/In-Progress": ("Being processed", "lifecycle.states_are_told_in_their_order"),
    "4.1/Pended": ("A task is open",
        "lifecycle.states_are_told_in_their_order personas.pended_waits_for_the_applicant"),
    "4.1/Completed": ("With records or without",
        "lifecycle.states_are_told_in_their_order lifecycle.the_end_shows_on_the_user"),
    "4.1/Cancelled": ("Cancelled", "lifecycle.states_are_told_in_their_order abort.abort_cancels_and_says_so_once"),
    # 4.2 Transitions
    "4.2/Created": ("The back end starts it",
        "lifecycle.states_are_told_in_their_order lifecycle.an_order_leaves_created_at_once"),
    "4.2/In-Progress": ("Input is needed", "lifecycle.states_are_told_in_their_order"),
    "4.2/Pended": ("All tasks are done or over",
        "lifecycle.states_are_told_in_their_order "
        "task_manager.missing_information_is_given_and_the_order_goes_on"),
    "4.2/In-Progress~2": ("Delivered, or nothing in time", "lifecycle.states_are_told_in_their_order"),
    "4.2/Pended~2": ("Timed out while pended",
        "decisions.time_out_is_a_setting_of_the_type_and_comes_to_pended_orders_too"),
    "4.2/In-Progress~3": ("Cancelled on request", "lifecycle.states_are_told_in_their_order"),
    "4.2/Pended~3": ("Cancelled on request",
        "lifecycle.states_are_told_in_their_order abort.abort_by_human_id_of_a_pended_order"),
    # 4.3 Spelling of the state by surface
    "4.3/Order-Status-notification": ("Title case", "lifecycle.order_status_is_exact"),
    "4.3/Order-Summary-notification": ("Lower case", "lifecycle.payloads_are_exact"),
    "4.3/GET-users-humanId": ("Title case", "lifecycle.details_say_it_in_title_case"),
    "4.3/Task-Manager-callback": ("Title case",
        "reports_and_links.the_way_back_after_a_task reports_and_links.no_tasks_are_told"),
    "4.3/create-answer-legacy-user": ("Invited, whatever the order does",
        "order_answer.the_answer_has_the_documented_members_in_order main_job.users_list_and_details"),
    "4.3/Portal": ("",
        "FACT: the portal for case managers is not part of this release; there is no such surface yet"),
    # 4.4 Time-outs and delays
    "4.4*1": ("30 days, per type",
        "decisions.an_order_has_thirty_days "
        "decisions.time_out_is_a_setting_of_the_type_and_comes_to_pended_orders_too"),
    "4.4*2": ("Seven days for paper", "decisions.paper_is_asked_after_seven_days"),
    "4.4*3": ("A delay belongs to a channel of a type", "order_types.every_default_type_comes_out_as_it_went_in"),
    "4.4*4": ("Completed, with timedOut",
        "lifecycle.payloads_are_exact personas.times_out_completes_in_one_turn_of_the_clock"),
    # 4.5 Sufficiency
    "4.5/text": ("Per type how many sources and facts are enough",
        "decisions.what_is_enough_is_a_setting_of_the_type main_job.notifications_arrive_in_order_and_signed"),
    # 4.6 Abort and resync
    "4.6*1": ("See 3.4", "abort.abort_cancels_and_says_so_once"),
    "4.6*2": ("Accepted with a live portal, else a conflict",
        "actions.resync_asks_a_connected_portal_again actions.resync_without_a_portal_is_a_conflict"),
    "4.6*3": ("", "FACT: states of single connections are for an internal model; no surface shows them"),
    # 6.1 What a task is
    "6.1/information-is-missing-that-is": ("Asked of the customer or the applicant; either may answer",
        "tasks_api.a_task tasks_api.missing_information_one_field_at_a_time "
        "task_manager.missing_information_is_given_and_the_order_goes_on"),
    "6.1/the-provider-demands-its-own": ("Signed by the applicant, or given by the customer",
        "tasks_api.tasks_of_the_applicant tasks_api.special_authorization_signed "
        "mail.other_tasks_have_mails_of_their_own"),
    "6.1/the-disclosing-entity-asks-an": ("Approved or declined by the customer",
        "vendor_tasks.an_approved_fee_brings_the_records vendor_tasks.a_declined_fee_ends_the_channel "
        "vendor_tasks.what_is_left_alone_expires"),
    "6.1/a-provider-or-vendor-has": ("Answered by the customer, in own words or by a choice",
        "vendor_tasks.answered_questions_bring_the_records vendor_tasks.a_declined_question_ends_the_channel "
        "vendor_tasks.what_is_left_alone_expires"),
    "6.1/consumer-mediated-connection-of-a": ("The applicant alone can connect a portal",
        "tasks_api.tasks_of_the_applicant tasks_api.a_portal_is_not_the_customers_to_connect"),
    "6.1*1": ("Ten days, then without it", "decisions.a_task_has_ten_days_and_the_order_goes_on"),
    "6.1*2": ("A notification when it is opened and when it ends; mails",
        "notifications.tasks_in_the_flat_form notifications.tasks_in_the_envelope "
        "vendor_tasks.told_in_both_forms mail.subscribers_hear_of_fees_and_questions"),
    "6.1*3": ("We have one", "tasks_api.a_task"),
    "6.1*4": ("Those who look on hear of what their company has to decide",
        "mail.subscribers_hear_of_fees_and_questions"),
    "6.1*5": ("Types, ids and the payload are ours",
        "notifications.tasks_in_the_flat_form notifications.tasks_in_the_envelope "
        "vendor_tasks.told_in_both_forms"),
    # 6.2 Link to the Task Manager
    "6.2*1": ("clientId and rq are in the link, callback is added",
        "reports_and_links.a_new_link reports_and_links.the_way_back_after_a_task"),
    "6.2*2": ("Eight hours, then a new one",
        "reports_and_links.a_link_lives_eight_hours task_manager.expired_links_show_nothing"),
    "6.2*3": ("Only to addresses on the application's list",
        "reports_and_links.callbacks_are_on_the_applications_list"),
    "6.2*4": ("Signed; callback encoded or not",
        "reports_and_links.the_link_is_signed task_manager.forged_links_show_nothing "
        "reports_and_links.the_way_back_after_a_task"),
    # 6.3 Parameters of the callback
    "6.3/error": ("No tasks", "reports_and_links.no_tasks_are_told"),
    "6.3/error~2": ("",
        "FACT: told when the store breaks down under a page, which no black-box test can bring about; "
        "src/pages/pages_test.cpp does"),
    "6.3/error~3": ("Expired", "reports_and_links.a_link_lives_eight_hours"),
    "6.3*1": ("No order where the link is over", "reports_and_links.a_link_lives_eight_hours"),
    "6.3*2": ("allTasksResolve and externalId, in this order", "reports_and_links.the_way_back_after_a_task"),
    "6.3*3": ("Query parameters, order as JSON, by 302; the callback's own stay",
        "reports_and_links.the_way_back_after_a_task reports_and_links.a_callback_keeps_its_own_parameters"),
    # 7.0 What all have in common
    "7.0*1": ("Endpoints belong to an application",
        "notifications.test_events_go_to_one_endpoint command_line.webhook_add"),
    "7.0*2": ("An array of one", "notifications.the_body_is_an_array_of_one"),
    "7.0*3": ("Endpoints are optional", "notifications.an_application_without_endpoints_is_in_order"),
    "7.0*4": ("Nothing follows an abort", "lifecycle.nothing_follows_the_end abort.abort_cancels_and_says_so_once"),
    "7.0*5": ("Flat status and enveloped summary",
        "lifecycle.order_status_is_exact lifecycle.order_summary_is_exact"),
    "7.0*6": ("The legacy signature is an option", "notifications.the_legacy_signature_is_an_option"),
    "7.0*7": ("POST of JSON, any 2xx, the same again until then, signed",
        "notifications.any_2xx_is_accepted notifications.anything_else_is_sent_again_unchanged "
        "lifecycle.ids_times_and_signatures main_job.a_receiver_that_fails_is_asked_again_with_the_same_body "
        "notifications.the_legacy_signature_is_an_option "
        "webhook_authentication.basic_credentials_are_sent_and_not_shown "
        "webhook_authentication.tokens_are_fetched_kept_and_renewed_after_a_401 "
        "webhook_authentication.a_certificate_is_shown_by_subject_and_expiry"),
    # 7.1 Order status
    "7.1/value": ("Title case", "lifecycle.order_status_is_exact"),
    "7.1/updatedAt": ("ISO 8601", "lifecycle.order_status_is_exact"),
    "7.1/topic": ("order", "lifecycle.order_status_is_exact"),
    "7.1/humanId-clientUserId": ("The user's", "lifecycle.order_status_is_exact"),
    "7.1/endpoint": ("The users of the public URL", "lifecycle.order_status_is_exact"),
    "7.1/action": ("status", "lifecycle.order_status_is_exact"),
    "7.1/property": ("orderState", "lifecycle.order_status_is_exact"),
    # 7.2 Order summary
    "7.2/timestamp": ("ISO 8601 with milliseconds and Z", "lifecycle.order_summary_is_exact"),
    "7.2/eventId": ("UUID, equal to the webhook-id", "lifecycle.order_summary_is_exact"),
    "7.2/orderId": ("UUID of the order", "lifecycle.order_summary_is_exact"),
    "7.2/eventType": ("orders.OrderSummaryUpdated", "lifecycle.order_summary_is_exact"),
    "7.2/eventGroup": ("order", "lifecycle.order_summary_is_exact"),
    "7.2/humanId-clientId-userId-clientUserId": ("As in the status", "lifecycle.order_summary_is_exact"),
    "7.2/clientData": ("Where it was given, as it was given", "lifecycle.order_summary_is_exact"),
    "7.2/eventPayload": ("An object", "lifecycle.order_summary_is_exact"),
    "7.2/orderStatus": ("Lower case", "lifecycle.payloads_are_exact"),
    "7.2/timedOut": ("True for a time-out alone", "lifecycle.payloads_are_exact"),
    "7.2/reportsAvailable": ("True where reports are", "lifecycle.payloads_are_exact"),
    "7.2/reports": ("There with reports; members in order",
        "lifecycle.payloads_are_exact lifecycle.reports_in_a_payload_are_exact"),
    "7.2/dataAvailable": ("True where data are", "lifecycle.payloads_are_exact"),
    "7.2/fcraSuppressed": ("True for the suppressed alone",
        "lifecycle.payloads_are_exact decisions.a_suppressed_person_has_no_reports_anywhere"),
    "7.2*1": ("Both later members are always there", "lifecycle.payloads_are_exact"),
    "7.2*2": ("Members in the sample's order", "lifecycle.order_summary_is_exact"),
    # 7.3 Vendor notes
    "7.3/note": ("A text", "notifications.vendor_notes_are_exact"),
    "7.3/providerNames": ("Names of the providers", "notifications.vendor_notes_are_exact"),
    "7.3/providerIds": ("Texts, perhaps none", "notifications.vendor_notes_are_exact"),
    "7.3/clientProviderId": ("The customer's own id", "notifications.vendor_notes_are_exact"),
    # 7.4 Tasks
    "7.4/text": ("Off by default; flat or enveloped",
        "notifications.tasks_are_not_told_by_default notifications.tasks_in_the_flat_form "
        "notifications.tasks_in_the_envelope"),
    # 9 Delivery of reports
    "9/text": ("Three ways besides fetching; set up by the operator, for one application",
        "shipping.every_report_goes_out_as_a_form shipping.reports_go_to_the_url_that_the_customer_answers "
        "shipping.reports_arrive_as_files shipping.destinations_are_an_applications_own "
        "shipping.added_listed_tested_and_removed"),
    "9.1/text": ("Parts metadata and file; SFTP with keys, a temporary name, then its own",
        "shipping.every_report_goes_out_as_a_form shipping.reports_arrive_as_files "
        "shipping.a_server_with_another_host_key_gets_nothing shipping.a_sftp_server_that_is_away_gets_it_later"),
    "9.3/text": ("201 with a URL, the file there with our authentication; six rounds of six tries, then triage",
        "shipping.reports_go_to_the_url_that_the_customer_answers "
        "shipping.the_upload_can_go_without_our_authentication "
        "shipping.anything_but_201_and_then_2xx_is_tried_again shipping.oauth2_tokens_are_kept_and_renewed "
        "shipping.a_receiver_that_fails_is_asked_again_and_gets_the_same_shipment "
        "shipping.after_the_last_round_it_is_for_triage_and_can_be_shipped_again"),
    # 10 Subscriptions and e-mail
    "10*1": ("Subscribers follow one user's order",
        "subscribers.the_same_address_may_follow_several_users mail.subscribers_hear_how_far_the_order_is"),
    "10*2": ("Kinds of mail: states, tasks, reminders",
        "mail.subscribers_hear_how_far_the_order_is mail.three_reminders_and_then_silence "
        "mail.other_tasks_have_mails_of_their_own mail.nothing_after_an_abort"),
    "10*3": ("", "FACT: a list of subscribers at ordering belongs to the portal, which is not part of this release"),
    "10*4": ("The applicant is asked by mail",
        "mail.an_invitation_leads_to_the_task_manager mail.other_tasks_have_mails_of_their_own "
        "mail.no_invitation_where_the_order_says_so"),
    "10*5": ("", "FACT: SPF, DKIM and DMARC are set in the customer's DNS; the sender's address is a setting"),
    "10*6": ("", "FACT: the landing page is agreed with the customer; ours is the Task Manager"),
    "10*7": ("Abort removes the subscribers", "actions.abort_removes_the_subscribers"),
    "10*8": ("The texts are ours, and name nobody in the subject",
        "mail.mails_fetch_nothing_and_name_nobody_in_the_subject"),
}
