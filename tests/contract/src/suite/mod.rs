//! The tests, by concern, and the list of them.

pub mod account_races;
pub mod accounts;
pub mod announcements;
pub mod answers;
pub mod audit;
pub mod bulk;
pub mod cancellation;
pub mod credentials;
pub mod departures;
pub mod filling;
pub mod isolation;
pub mod lists;
pub mod messages;
pub mod messaging;
pub mod moving;
pub mod outbox;
pub mod outbox_races;
pub mod queries;
pub mod races;
pub mod rate_limits;
pub mod references;
pub mod reports;
pub mod round_trips;
pub mod scopes;
pub mod sessions;
pub mod uniqueness;
pub mod units_of_work;
pub mod versions;

/// Expands to a module `$name` with every test of the contract, run on `$harness`, an expression of a [`Harness`](crate::Harness).
#[macro_export]
macro_rules! contract {
    ($name:ident, $harness:expr) => {
        mod $name {
            use super::*;

            $crate::contract! { @every $harness }
            $crate::rate_limiter_contract! { @every $harness }
        }
    };
    (@every $harness:expr) => {
        $crate::contract! { @tests $harness,
            account_races::a_customer_and_the_deletion_of_its_organization_never_both_succeed;
            account_races::an_item_and_the_deletion_of_its_organization_never_both_succeed;
            account_races::no_membership_outlives_its_organization;
            account_races::no_membership_and_no_token_outlives_its_user;
            account_races::nobody_who_goes_accepts_an_invitation;
            account_races::no_session_outlives_its_user;
            account_races::whoever_goes_is_nobodys_author;
            account_races::of_administrators_who_step_down_at_once_one_is_left;
            account_races::of_several_first_sign_ins_of_one_identity_one_is_a_user;
            account_races::of_several_invitations_of_one_address_one_is_kept;
            accounts::every_field_of_an_organization_comes_back;
            accounts::every_field_of_a_user_comes_back;
            accounts::an_identity_comes_back_to_the_letter;
            accounts::odd_names_of_accounts_come_back_to_the_letter;
            accounts::every_field_of_a_membership_comes_back;
            accounts::an_update_replaces_every_field_of_a_membership;
            accounts::a_membership_shows_what_it_refers_to_as_it_is_now;
            accounts::every_field_of_a_token_comes_back;
            accounts::an_author_is_shown_as_they_are_called_now;
            announcements::who_listens_hears_that_something_was_queued;
            announcements::who_stops_waiting_misses_nothing;
            announcements::who_listens_does_not_keep_a_store_from_closing;
            answers::every_field_of_an_answer_comes_back;
            answers::an_answer_is_found_by_its_user_and_key_to_the_letter;
            answers::an_answer_is_kept_for_a_day_and_then_replaced;
            answers::what_goes_with_a_second_answer_is_not_done;
            answers::of_twenty_requests_with_one_key_one_is_carried_out;
            answers::a_sweep_removes_answers_of_before;
            audit::every_field_of_an_entry_comes_back;
            audit::an_entry_may_tell_of_what_is_not_there;
            audit::an_entry_shows_who_did_it_as_they_are_called_now_and_stays_when_they_go;
            audit::entries_of_one_millisecond_stand_in_the_order_of_their_ids;
            bulk::a_thousand_rows_go_through_in_one_call;
            bulk::ten_thousand_ids_can_be_asked_for_at_once;
            cancellation::a_unit_of_work_dropped_half_way_leaves_nothing_and_blocks_nobody;
            credentials::a_bearer_is_found_by_token_session_and_identity;
            credentials::what_nobody_was_given_finds_nobody;
            credentials::a_bearer_is_what_the_user_is_now;
            departures::an_organization_that_owns_anything_stays;
            departures::memberships_go_with_their_organization_and_nothing_else_does;
            departures::what_lets_a_user_in_goes_with_them;
            departures::what_a_user_has_written_stays_and_is_nobodys;
            departures::users_are_deleted_as_a_filter_says;
            filling::a_record_that_refers_to_nothing_is_not_taken;
            filling::a_record_that_is_there_already_is_not_taken;
            filling::history_may_name_an_item_that_is_gone;
            filling::what_may_lead_nowhere_is_taken_all_the_same;
            isolation::nothing_uncommitted_is_visible_and_no_reader_waits;
            isolation::a_count_and_its_rows_are_of_one_snapshot;
            isolation::a_row_and_what_it_refers_to_are_of_one_snapshot;
            lists::wildcards_in_a_needle_are_themselves;
            lists::text_is_looked_for_in_its_full_case_fold;
            lists::text_is_ordered_by_case_fold_then_by_code_point;
            lists::no_value_sorts_lowest_and_passes_no_comparison;
            lists::every_word_of_a_search_is_in_some_field;
            lists::a_page_of_nothing_and_a_page_beyond_the_end_are_empty;
            messages::every_field_of_a_message_comes_back;
            messages::an_update_replaces_every_field_of_a_course;
            messages::odd_text_of_a_message_comes_back_to_the_letter;
            messages::every_field_of_an_attempt_comes_back;
            messages::every_field_of_a_template_comes_back;
            messages::a_message_shows_its_customer_as_the_customer_is_now_and_goes_where_it_went;
            messages::no_message_attempt_or_template_refers_to_what_is_not_there;
            messages::a_customer_is_told_once_of_each_event_of_an_order;
            messages::an_organization_has_one_template_for_each_event;
            messages::an_attempt_is_appended_once;
            messages::messages_and_their_attempts_go_with_their_customer;
            messages::attempts_go_with_their_message;
            messages::a_message_outlives_its_order_and_keeps_neither_order_nor_organization;
            messaging::a_message_is_found_by_what_its_gateway_calls_it;
            messaging::what_is_open_to_a_number_is_found_newest_first;
            messaging::a_number_whose_owner_wants_no_texts_is_marked_until_they_do;
            messaging::a_thousand_numbers_can_be_asked_for_at_once;
            messaging::of_several_who_mark_a_number_at_once_one_does_and_none_fails;
            messaging::a_gateway_is_held_since_it_was_held_first_until_it_is_released;
            messaging::nothing_of_a_unit_of_work_that_is_dropped_is_known_to_the_outbox;
            moving::a_snapshot_shows_everything_in_order_whatever_the_size_of_its_pages;
            moving::a_snapshot_of_an_empty_store_is_empty;
            moving::a_snapshot_does_not_see_what_is_written_later;
            moving::a_filled_store_shows_what_the_source_showed;
            moving::what_was_moved_works;
            moving::what_is_of_the_day_is_not_moved;
            moving::what_is_of_the_day_does_not_keep_a_store_from_being_filled;
            moving::a_store_that_holds_anything_is_not_filled_and_stays_as_it_is;
            moving::a_filling_that_is_dropped_leaves_nothing_and_can_be_done_again;
            moving::an_empty_filling_leaves_an_empty_store_that_works;
            outbox::a_claim_does_what_a_message_says_it_does;
            outbox::what_has_been_due_for_longest_is_given_first;
            outbox::only_what_is_queued_and_due_is_given;
            outbox::a_thousand_messages_are_given_in_one_call;
            outbox::what_was_given_is_settled_or_put_back_and_given_again;
            outbox::it_is_known_when_something_is_due_next_and_how_much_waits;
            outbox::what_somebody_has_to_look_after_is_known;
            outbox_races::eight_workers_get_each_of_200_messages_once;
            outbox_races::workers_among_writers_and_deletions_get_each_message_once;
            outbox_races::a_message_is_given_to_a_worker_or_changed_and_never_both;
            outbox_races::of_several_messages_about_one_event_one_is_kept;
            outbox_races::no_message_outlives_its_customer_and_no_template_its_organization;
            outbox_races::no_attempt_outlives_its_message;
            outbox_races::whoever_writes_down_what_became_of_a_message_that_goes_is_told;
            queries::customers_are_listed_as_the_query_means;
            queries::items_are_listed_as_the_query_means;
            queries::orders_are_listed_as_the_query_means;
            queries::order_events_are_listed_as_the_query_means;
            queries::organizations_are_listed_as_the_query_means;
            queries::users_are_listed_as_the_query_means;
            queries::memberships_are_listed_as_the_query_means;
            queries::api_tokens_are_listed_as_the_query_means;
            queries::audit_entries_are_listed_as_the_query_means;
            queries::messages_are_listed_as_the_query_means;
            queries::message_attempts_are_listed_as_the_query_means;
            queries::message_templates_are_listed_as_the_query_means;
            queries::costs_are_summed_up_as_the_query_means;
            queries::orders_are_added_up_as_the_query_means;
            queries::the_largest_orders_are_added_up_exactly;
            queries::a_unit_of_work_lists_counts_and_deletes_what_the_query_means;
            races::eight_writers_lose_no_update;
            races::an_order_and_the_deletion_of_its_customer_never_both_succeed;
            races::an_order_and_the_deletion_of_its_item_never_both_succeed;
            races::what_was_changed_is_not_deleted_for_what_it_was;
            races::of_several_installers_one_succeeds;
            races::of_several_customers_with_one_code_one_is_created;
            races::of_several_items_with_one_name_one_is_created;
            references::nothing_is_stored_that_refers_to_what_is_not_there;
            references::an_order_stays_within_its_organization;
            references::an_order_cannot_be_amended_to_an_item_that_is_not_there;
            references::an_invitation_cannot_be_accepted_by_somebody_who_is_not_there;
            references::a_customer_with_orders_stays;
            references::an_item_with_orders_stays;
            references::what_nothing_refers_to_any_more_can_go;
            references::the_history_of_an_order_goes_with_it;
            references::history_remembers_an_item_that_is_gone;
            reports::every_field_of_a_report_comes_back;
            reports::a_later_report_takes_the_place_of_an_earlier_one_until_it_is_dropped;
            reports::kept_reports_are_found_by_number;
            reports::a_sweep_forgets_reports_of_before;
            round_trips::every_field_of_a_customer_comes_back;
            round_trips::every_field_of_an_item_comes_back;
            round_trips::every_field_of_an_order_comes_back;
            round_trips::every_field_of_an_order_event_comes_back;
            round_trips::an_update_replaces_every_field_that_can_change;
            round_trips::odd_text_comes_back_to_the_letter;
            round_trips::control_characters_never_reach_a_store;
            round_trips::the_largest_and_smallest_values_come_back;
            round_trips::ids_of_any_age_come_back;
            round_trips::an_order_shows_its_customer_as_the_customer_is_now;
            scopes::a_scope_shows_its_own_and_nothing_else;
            scopes::a_deletion_stays_within_its_scope;
            sessions::every_field_of_a_session_comes_back;
            sessions::a_session_is_there_once;
            sessions::a_session_ends_once_and_alone;
            sessions::all_sessions_of_a_user_end_and_nobody_elses;
            sessions::a_use_is_never_set_back;
            sessions::thousands_of_uses_are_noted_in_one_call;
            sessions::a_sweep_ends_what_was_not_seen_or_began_long_ago;
            uniqueness::an_id_is_taken_once;
            uniqueness::a_customer_code_is_taken_once_in_an_organization;
            uniqueness::an_item_name_is_taken_once_whatever_its_case;
            uniqueness::names_that_only_look_alike_are_different;
            uniqueness::a_taken_key_is_refused_to_an_update;
            uniqueness::a_key_that_was_given_up_is_free;
            uniqueness::a_store_is_installed_once;
            uniqueness::a_digest_is_of_one_token;
            uniqueness::an_identity_is_of_one_user;
            uniqueness::who_belongs_to_an_organization_belongs_to_it_once;
            uniqueness::an_address_is_invited_to_an_organization_once;
            units_of_work::own_writes_are_visible_inside;
            units_of_work::a_dropped_unit_of_work_leaves_nothing;
            units_of_work::a_unit_of_work_rolled_back_leaves_nothing;
            units_of_work::an_error_finishes_the_unit_of_work;
            units_of_work::a_slice_that_fails_leaves_nothing;
            units_of_work::nothing_at_all_can_be_written_and_committed;
            units_of_work::a_store_is_ready_until_it_is_closed_after_the_work_in_progress;
            versions::a_stale_version_is_a_conflict;
            versions::an_update_of_what_is_not_there_is_a_conflict;
            versions::of_several_updates_one_stale_stops_all;
        }
    };
    (@tests $harness:expr, $($concern:ident::$test:ident;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            $crate::bounded($crate::suite::$concern::$test(&$harness)).await;
        }
    )+};
}

/// Expands to a module `$name` with those tests of the contract that are about counting calls, run on `$harness`, an
/// expression of a [`LimiterHarness`](crate::LimiterHarness).
#[macro_export]
macro_rules! rate_limiter_contract {
    ($name:ident, $harness:expr) => {
        mod $name {
            use super::*;

            $crate::rate_limiter_contract! { @every $harness }
        }
    };
    (@every $harness:expr) => {
        $crate::contract! { @tests $harness,
            rate_limits::calls_are_counted_until_the_window_ends;
            rate_limits::keys_are_counted_apart_to_the_letter;
            rate_limits::several_keys_are_counted_in_one_call;
            rate_limits::of_200_calls_at_once_no_two_are_told_the_same_number;
            rate_limits::calls_under_several_keys_at_once_are_all_counted;
            rate_limits::callers_under_different_keys_are_counted_apart_at_once;
            rate_limits::only_windows_that_have_ended_are_forgotten;
        }
    };
}
