"""What proves the rows of sections 2 and 3: rule in our words, then the tests as "module.name" without "test_"."""

ROWS = {
    # 2 Authentication
    "2.1/client_id": ("Required text; a missing or wrong one is a 400 that names it",
                      "token_grants.token_bodies_that_are_refused token_grants.a_client_token"),
    "2.1/client_secret": ("Required text; never repeated in an answer", "token_grants.token_bodies_that_are_refused"),
    "2.1/type": ("Only 'client', as it is written", "token_grants.token_bodies_that_are_refused"),
    "2.1/client_token": ("A JWT that opens the API", "token_grants.a_client_token token_grants.claims_of_a_client_token"),
    "2.1/expires_in": ("86400 seconds", "token_grants.a_client_token"),
    "2.1*1": ("The answer is valid JSON of two members", "token_grants.a_client_token"),
    "2.1*2": ("400 B for bad members, 401 A for a wrong pair without telling which half, never 403",
              "token_grants.token_bodies_that_are_refused token_grants.wrong_pairs_are_unauthorized_and_alike"),
    "2.1*3": ("The API can be switched off for an application", "token_grants.an_application_may_be_without_the_api"),
    "2.2/text": ("RS256, named claims, key in the public JWKS", "token_grants.claims_of_a_client_token"),
    "2.3*1": ("Bearer header on every call, for every kind of token",
              "token_grants.the_scheme_has_no_case tenant_matrix.without_a_good_token_there_is_nothing"),
    "2.3*2": ("The headers of the samples are all that is needed", "token_grants.the_documented_headers_are_enough"),
    "2.3*3": ("The scheme holds for all operations but the open ones", "tenant_matrix.every_operation_is_in_the_matrix"),
    "2.3*4": ("401 for a token that is missing, invalid, forged or revoked",
              "bad_input.missing_token bad_input.hostile_tokens tenant_matrix.without_a_good_token_there_is_nothing "
              "tenant_matrix.a_revoked_token_opens_nothing token_grants.revoked_tokens_open_nothing"),
    "2.4/client_id": ("Required", "token_grants.connect_bodies_that_are_refused"),
    "2.4/client_user_id": ("Required; unknown is 404", "token_grants.connect_bodies_that_are_refused "
                           "token_grants.connect_tokens_are_refused_like_others"),
    "2.4/type": ("session, id or access, each with its answer",
                 "token_grants.a_session_token_opens_the_task_manager token_grants.an_id_token_names_the_user "
                 "token_grants.an_access_token_reads_its_user_alone token_grants.connect_bodies_that_are_refused"),
    "2.4/client_secret": ("Required by us, unless a refresh token stands for it",
                          "token_grants.connect_bodies_that_are_refused token_grants.a_refresh_token_stands_for_the_secret"),
    "2.4/client_user_email": ("Optional; another one than the user's is the documented conflict",
                              "token_grants.a_session_token_opens_the_task_manager "
                              "token_grants.connect_tokens_are_refused_like_others"),
    "2.4/extra_scopes": ("A list of texts, without effect",
                         "token_grants.a_session_token_opens_the_task_manager token_grants.connect_bodies_that_are_refused"),
    "2.5*1": ("The secret is nowhere in answers, files or logs", "secrets.secrets_are_nowhere"),
    "2.5*2": ("Limits of our own for guessing and for actions, with Retry-After",
              "rate_limits.guessing_is_limited_for_each_client_id rate_limits.actions_are_limited_for_each_user"),
    "2.5*3": ("No discovery documents", "token_grants.there_is_no_discovery"),
    # 3 Endpoints
    "3/3.1": ("GET order-types", "order_answer.order_types_are_listed"),
    "3/3.2": ("POST users", "order_answer.the_answer_has_the_documented_members_in_order"),
    "3/3.3": ("GET users", "users.a_listed_user"),
    "3/3.4": ("POST users/actions", "actions.abort_is_accepted_without_a_body users.fixed_words_come_before_human_ids"),
    "3/3.5": ("GET users/{humanId}", "users.details_of_a_user"),
    "3/3.6": ("GET users/providers, before {humanId}",
              "users.providers_of_accepted_records_by_name users.fixed_words_come_before_human_ids"),
    "3/3.7": ("GET subscriptions", "subscribers.the_list_is_newest_first_and_filtered"),
    "3/3.8": ("POST subscriptions", "subscribers.a_subscription_is_answered_as_an_array_of_one"),
    "3/3.9": ("GET subscriptions/{id}", "subscribers.the_eight_fields_are_the_same_everywhere"),
    "3/3.10": ("DELETE subscriptions/{id}", "subscribers.unsubscribing"),
    "3/3.11": ("GET user/reports, singular", "reports_and_links.groups_and_reports_have_the_documented_members "
               "users.fixed_words_come_before_human_ids"),
    "3/3.12": ("GET user/reports/{id}", "reports_and_links.every_format_has_an_id_and_a_media_type"),
    "3/3.13": ("POST resources/consumer-link", "reports_and_links.a_new_link"),
    "3/legacy": ("Resync of one account is not offered: 404", "users.the_legacy_action_of_one_account_is_not_there"),
    "3.0/code": ("Envelope A: the status as a number", "envelopes.the_published_404"),
    "3.0/error": ("Envelope A: the reason phrase", "envelopes.the_published_404"),
    "3.0/message": ("Envelope A: a text", "envelopes.the_published_404"),
    "3.0/x-humanapi-request-id": ("Envelope A: in the body, equal to the header's",
                                  "envelopes.the_published_404 envelopes.request_ids_are_of_ours_or_the_callers"),
    "3.0/statusCode": ("Envelope B: the status as a number", "envelopes.the_published_400_of_invalid_input"),
    "3.0/error~2": ("Envelope B: the reason phrase", "envelopes.the_published_400_of_invalid_input"),
    "3.0/message~2": ("Envelope B: field and rule of the first finding",
                      "envelopes.messages_name_the_field_and_the_rule envelopes.the_message_is_about_the_first_key"),
    "3.0/validation": ("Envelope B: source payload and all keys, dotted",
                       "envelopes.messages_name_the_field_and_the_rule "
                       "order_fields.all_wrong_fields_are_named_in_one_answer"),
    "3.0/x-humanapi-request-id~2": ("Envelope B: in the body too", "envelopes.the_published_400_of_invalid_input"),
    "3.0/400": ("Invalid date, word for word", "envelopes.the_published_400_of_invalid_input"),
    "3.0/400~2": ("Plain 400, word for word", "envelopes.the_published_400"),
    "3.0/401": ("Word for word", "envelopes.the_published_401"),
    "3.0/404": ("Word for word", "envelopes.the_published_404"),
    "3.0/409-create-user-create-subscription": (
        "Word for word for users; a second subscription says what it is",
        "envelopes.the_published_409_of_users subscribers.nobody_is_subscribed_twice"),
    "3.0/409-abort": ("Word for word, apostrophe included", "envelopes.the_published_409_of_abort"),
    "3.0/500": ("No input leads there", "order_properties.bytes_at_random_never_break_the_server "
                "order_properties.single_mutations_are_refused_by_name_or_harmless"),
    "3.1/orderType": ("The code, as orders name it", "order_answer.an_order_has_the_type_that_was_asked_for"),
    "3.1/orderTypeAlias": ("The name, as orders show it", "order_answer.an_order_has_the_type_that_was_asked_for"),
    "3.1/orderTypeDescription": ("A text", "order_answer.order_types_are_listed"),
    "3.1*1": ("No parameters; the types of the calling application",
              "order_answer.order_types_are_listed order_types.own_types_are_nobody_elses"),
    "3.1*2": ("200 with an array", "order_answer.order_types_are_listed"),
    "3.1*3": ("401 A without a token", "tenant_matrix.without_a_good_token_there_is_nothing"),
    "3.1*4": ("Code, name and description are these three", "order_types.every_application_has_five_from_the_start"),
    # 3.2.1 Members of an order
    "3.2.1/orderType": ("A known code or absent; then the application's default",
                        "order_answer.an_order_has_the_type_that_was_asked_for order_fields.refused_texts "
                        "order_answer.without_a_type_the_default_one_holds order_answer.the_default_type_is_a_setting"),
    "3.2.1/clientUserId": ("Required, opaque, up to 256 characters",
                           "order_fields.client_user_ids_are_opaque order_fields.refused_texts"),
    "3.2.1/clientUserEmail": ("An e-mail address; needed unless the type waives it",
                              "order_fields.emails_that_are_accepted order_fields.emails_that_are_refused "
                              "order_fields.an_email_is_needed_and_a_text "
                              "order_answer.the_email_is_needed_unless_the_type_waives_it"),
    "3.2.1/firstName-middleName-lastName": ("Optional texts, kept as written",
                                            "order_fields.names_are_kept_as_written order_fields.refused_texts "
                                            "order_fields.a_middle_name_is_accepted_and_not_shown "
                                            "order_fields.names_may_be_absent"),
    "3.2.1/gender": ("male, female, other; nothing else", "order_fields.genders order_fields.refused_texts"),
    "3.2.1/dateOfBirth": ("Six formats in, one out", "order_fields.dates_of_birth_in_six_formats_answered_in_one "
                          "order_fields.dates_that_are_none order_fields.dates_are_texts"),
    "3.2.1/suggestedSources": ("Texts that come back",
                               "order_fields.suggested_sources_come_back order_fields.refused_lists "
                               "order_fields.suggested_sources_that_were_not_given_are_an_empty_list"),
    "3.2.1/ssn": ("Nine digits by the rule; never shown", "order_fields.social_security_numbers "
                  "order_fields.social_security_numbers_that_are_none order_fields.ssn_and_phone_are_texts "
                  "secrets.the_social_security_number_is_nowhere"),
    "3.2.1/phone": ("Ten digits by the rule", "order_fields.phone_and_fax_numbers order_fields.numbers_that_are_no_phone "
                    "order_fields.ssn_and_phone_are_texts"),
    "3.2.1/address": ("An object of known members", "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.1/conditions": ("Texts", "order_fields.conditions order_fields.refused_lists"),
    "3.2.1/providers": ("Up to 50 objects", "order_parts.providers_that_are_accepted order_parts.refused_providers"),
    "3.2.1/attachments": ("Up to 10 objects", "order_parts.attachments_that_are_accepted order_parts.refused_attachments"),
    "3.2.1/clientData": ("Flat, 2048 characters, comes back in notifications",
                         "order_parts.client_data_comes_back_under_one_name "
                         "order_parts.client_data_must_be_flat_and_short"),
    "3.2.1/autoInvite": ("A boolean", "order_fields.auto_invite_is_accepted order_fields.refused_texts"),
    "3.2.1*1": ("Unknown members are refused at every depth; so are nulls and empty texts",
                "order_fields.refused_texts order_parts.refused_addresses order_parts.refused_providers "
                "order_parts.refused_attachments order_fields.nulls_are_refused order_fields.nested_nulls_are_refused "
                "order_properties.single_mutations_are_refused_by_name_or_harmless"),
    "3.2.1*2": ("The six formats, with and without zone, answered as UTC midnight",
                "order_fields.dates_of_birth_in_six_formats_answered_in_one "
                "order_fields.two_digit_years_are_the_latest_that_have_been order_fields.dates_that_are_none"),
    "3.2.1*3": ("The published pattern at its edges", "order_fields.social_security_numbers "
                "order_fields.social_security_numbers_that_are_none"),
    "3.2.1*4": ("The published pattern at its edges, for phone and both numbers of a provider",
                "order_fields.phone_and_fax_numbers order_fields.numbers_that_are_no_phone"),
    "3.2.1*5": ("The placeholder of the sample is accepted and not kept",
                "order_fields.social_security_numbers main_job.sample_order_is_answered_as_documented"),
    "3.2.1*6": ("Bytes are not looked at", "order_parts.attachments_that_are_accepted "
                "order_parts.what_counts_as_authorization"),
    "3.2.2/street1": ("Optional text", "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.2/street2": ("Optional text", "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.2/city": ("Optional text", "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.2/state": ("Optional text", "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.2/zip": ("Text, or a whole number of five digits", "order_parts.a_zip_code_keeps_its_zeros "
                  "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.2*1": ("No part is required; city and state where that is set",
                "order_parts.addresses_need_no_part order_answer.city_and_state_are_needed_where_that_is_set"),
    "3.2.2*2": ("A number gets its zeros back", "order_parts.a_zip_code_keeps_its_zeros"),
    "3.2.3/name": ("Text; this or the organization", "order_parts.providers_that_are_accepted "
                   "order_parts.refused_providers"),
    "3.2.3/organizationName": ("Text; this or the name", "order_parts.providers_that_are_accepted "
                               "order_parts.refused_providers"),
    "3.2.3/address": ("As the applicant's, optional", "order_parts.addresses_need_no_part order_parts.refused_addresses"),
    "3.2.3/clientProviderId": ("Text of up to 256 characters, echoed in vendor notes",
                               "order_parts.refused_providers notifications.vendor_notes_are_exact"),
    "3.2.3/npi": ("Text, empty text or whole number", "order_parts.providers_that_are_accepted "
                  "order_parts.refused_providers"),
    "3.2.3/phone-fax": ("The phone rule", "order_fields.phone_and_fax_numbers order_fields.numbers_that_are_no_phone"),
    "3.2.3/mrn": ("Text of up to 256 characters", "order_parts.providers_that_are_accepted order_parts.refused_providers"),
    "3.2.3*1": ("Name or organization; a missing provider is a task, not a refusal",
                "order_parts.refused_providers notifications.an_application_without_endpoints_is_in_order"),
    "3.2.4/type": ("hipaaAuthorization or other", "order_parts.attachments_that_are_accepted "
                   "order_parts.refused_attachments"),
    "3.2.4/contentType": ("PDF or TIFF", "order_parts.attachments_that_are_accepted order_parts.refused_attachments"),
    "3.2.4/encoding": ("base64", "order_parts.refused_attachments"),
    "3.2.4/content": ("Base64 of up to 10 MiB, may be empty", "order_parts.an_attachment_of_ten_mib_is_the_largest "
                      "order_parts.attachments_that_are_accepted order_parts.refused_attachments "
                      "order_parts.what_counts_as_authorization"),
    "3.2.5/text": ("Required, with the documented text, unless the type waives it",
                   "order_answer.the_email_is_needed_unless_the_type_waives_it order_types.the_email_is_waived_per_type"),
    "3.2.6*1": ("status is 'Invited'", "order_answer.the_answer_has_the_documented_members_in_order"),
    "3.2.6*2": ("humanId stays the same for the user", "order_answer.after_the_end_the_same_user_gets_another_order"),
    "3.2.6*3": ("A link where the applicant has a part, else an empty text",
                "order_answer.the_link_is_there_where_the_applicant_has_a_part"),
    "3.2.6*4": ("202, one object, ten members and the e-mail",
                "order_answer.the_answer_has_the_documented_members_in_order order_answer.what_was_not_given_is_left_out "
                "main_job.sample_order_is_answered_as_documented"),
    "3.2.6*5": ("No orderId unless it is switched on", "order_answer.the_answer_has_the_documented_members_in_order "
                "order_answer.the_order_id_is_in_the_answer_where_it_is_wanted"),
    "3.2.7/400": ("Envelope B", "order_fields.refused_texts bad_input.broken_json"),
    "3.2.7/401": ("Envelope A", "bad_input.missing_token"),
    "3.2.7/404": ("Nothing of an order leads there: an unknown type is invalid input",
                  "order_answer.an_unknown_type_is_invalid_input"),
    "3.2.7/409": ("The documented text for another e-mail", "order_answer.another_email_for_a_known_user_is_a_conflict"),
    "3.2.7/500": ("No input leads there", "order_properties.bytes_at_random_never_break_the_server"),
    "3.2.7*1": ("Open order 409, ended order a further one, other e-mail 409",
                "order_answer.while_an_order_is_open_there_is_no_second "
                "order_answer.after_the_end_the_same_user_gets_another_order "
                "order_answer.another_email_for_a_known_user_is_a_conflict order_answer.letter_case_makes_no_other_email"),
    "3.2.7*2": ("400 B with the key orderType", "order_answer.an_unknown_type_is_invalid_input"),
    # 3.3 to 3.13
    "3.3*1": ("All users of the application", "users.links_lead_through_the_whole_list"),
    "3.3*2": ("offset, limit of 50 and at most 500, filters", "users.pages_are_newest_first_and_fifty_long "
              "users.pages_that_are_none users.filters_name_one_user "
              "users.client_user_ids_are_read_from_the_query_as_they_are"),
    "3.3*3": ("As the details without orders, with status", "users.a_listed_user "
              "users.members_that_were_not_given_are_left_out"),
    "3.3*4": ("404 for a filter that fits nobody, [] for nothing at all",
              "users.filters_for_nobody_are_404 users.an_application_without_users_has_an_empty_list"),
    "3.4/202": ("Without a body", "actions.abort_is_accepted_without_a_body"),
    "3.4/400": ("Plain 400", "actions.bad_bodies_are_the_plain_400"),
    "3.4/401": ("Plain 401", "tenant_matrix.without_a_good_token_there_is_nothing"),
    "3.4/404": ("Unknown user", "actions.actions_on_nobody"),
    "3.4/409": ("Ended order", "actions.an_order_that_is_over_cannot_be_aborted"),
    "3.4/429": ("Too many for one user", "rate_limits.actions_are_limited_for_each_user"),
    "3.4*1": ("Action and exactly one id", "actions.bad_bodies_are_the_plain_400"),
    "3.4*2": ("abort and resync", "actions.abort_is_accepted_without_a_body actions.bad_bodies_are_the_plain_400"),
    "3.4*3": ("Retrieval, notifications and subscribers end", "abort.abort_cancels_and_says_so_once "
              "actions.abort_removes_the_subscribers lifecycle.nothing_follows_the_end"),
    "3.4*4": ("The state follows and is told", "abort.abort_right_after_placing"),
    "3.4*5": ("The last two notifications say Cancelled", "abort.abort_cancels_and_says_so_once"),
    "3.4*6": ("See 4.6", "actions.resync_asks_a_connected_portal_again"),
    "3.5/orderId": ("UUID", "users.details_of_a_user"),
    "3.5/orderType": ("Code", "users.details_of_a_user order_answer.an_order_has_the_type_that_was_asked_for"),
    "3.5/orderTypeAlias": ("Always there", "users.details_of_a_user"),
    "3.5/orderStatus": ("Title case", "lifecycle.details_say_it_in_title_case"),
    "3.5/reportsAvailable": ("Boolean", "lifecycle.the_end_shows_on_the_user"),
    "3.5/dataAvailable": ("Boolean, always there", "lifecycle.the_end_shows_on_the_user users.details_of_a_user"),
    "3.6*1": ("Exactly one id, else plain 400", "users.providers_need_one_id"),
    "3.6*2": ("Array of id and name; 404 for nobody", "users.providers_of_accepted_records_by_name "
              "users.a_user_without_records_has_no_providers users.providers_of_nobody"),
    "3.7*1": ("Filters, paging, search, order", "subscribers.the_list_is_newest_first_and_filtered "
              "subscribers.the_list_is_paged_and_counted"),
    "3.7*2": ("Eight members in order", "subscribers.a_subscription_is_answered_as_an_array_of_one"),
    "3.7*3": ("The same eight on all three surfaces", "subscribers.the_eight_fields_are_the_same_everywhere"),
    "3.7*4": ("clientUserId is needed, the others may be left out",
              "subscribers.lists_that_are_refused subscribers.the_list_is_newest_first_and_filtered"),
    "3.7*5": ("Unknown user 404, no match []", "subscribers.the_list_of_nobody subscribers.a_user_without_subscribers"),
    "3.7*6": ("Substring search and named orders", "subscribers.the_list_is_searched subscribers.the_list_is_sorted"),
    "3.8/clientUserId": ("Required", "subscribers.refused_subscriptions subscribers.what_is_required_is_named_at_once"),
    "3.8/subscriberEmail": ("Required e-mail", "subscribers.refused_subscriptions"),
    "3.8/role": ("Required, producer", "subscribers.refused_subscriptions"),
    "3.8/subscriberOffice": ("Optional text", "subscribers.refused_subscriptions "
                             "subscribers.what_was_not_given_is_left_out"),
    "3.8/subscriberFirstName-subscriberLastName": ("Optional texts", "subscribers.refused_subscriptions "
                                                   "subscribers.what_was_not_given_is_left_out"),
    "3.8*1": ("201, array of one", "subscribers.a_subscription_is_answered_as_an_array_of_one"),
    "3.8*2": ("400 B, 404, 409", "subscribers.refused_subscriptions subscribers.nulls_are_refused "
              "subscribers.subscribing_to_nobody subscribers.nobody_is_subscribed_twice"),
    "3.9/text": ("One object; 404 A", "subscribers.the_eight_fields_are_the_same_everywhere "
                 "subscribers.subscriptions_that_are_none"),
    "3.10/text": ("200 without a body; 404 A", "subscribers.unsubscribing subscribers.subscriptions_that_are_none"),
    **{f"3.11/{name}": (rule, "reports_and_links.groups_and_reports_have_the_documented_members") for name, rule in {
        "fileExtension": "pdf, html, json", "id": "UUID", "uri": "From the public URL",
        "createdAt": "ISO 8601 with milliseconds", "createdByOrderId": "The order that made it",
        "orderIds": "The orders that it serves", "providerIds": "Texts", "clientProviderIds": "Texts",
        "groupBy": "user_id, of combined reports alone"}.items()},
    "3.11*1": ("One id, perhaps an order", "reports_and_links.reports_by_either_id_and_by_order "
               "reports_and_links.reports_need_one_id"),
    "3.11*2": ("Groups by name, combined with base names",
               "reports_and_links.groups_and_reports_have_the_documented_members main_job.report_listing"),
    "3.11*3": ("404 for nobody, [] for nothing", "reports_and_links.reports_of_nobody "
               "reports_and_links.a_user_without_reports"),
    "3.11*4": ("The notification lists the same reports flat", "reports_and_links.the_list_and_the_notification_tell_the_same"),
    "3.12*1": ("Media type by extension, content-disposition",
               "reports_and_links.every_format_has_an_id_and_a_media_type"),
    "3.12*2": ("Each format has an id of its own", "reports_and_links.every_format_has_an_id_and_a_media_type"),
    "3.13*1": ("One id", "reports_and_links.a_new_link reports_and_links.links_need_one_id"),
    "3.13*2": ("Link and clientId; 404 for nobody", "reports_and_links.a_new_link reports_and_links.links_for_nobody"),
}
