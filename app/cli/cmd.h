/* Every command's function; what they have in common is said in app/cli/call.h, what each does in the table of
 * app/cli/command.c. */
#ifndef APP_CLI_CMD_H
#define APP_CLI_CMD_H

#include "app/cli/call.h"

MUST_CHECK enum err cmd_site_found(struct call *c);
MUST_CHECK enum err cmd_site_status(struct call *c);
MUST_CHECK enum err cmd_site_rebuild(struct call *c);
enum err cmd_backup_write(struct call *c);
enum err cmd_backup_restore(struct call *c);
MUST_CHECK enum err cmd_gc_run(struct call *c);
MUST_CHECK enum err cmd_site_members(struct call *c);
MUST_CHECK enum err cmd_passwd_change(struct call *c);
MUST_CHECK enum err cmd_unlock_start(struct call *c);
MUST_CHECK enum err cmd_unlock_end(struct call *c);
MUST_CHECK enum err cmd_enrol_request(struct call *c);
MUST_CHECK enum err cmd_enrol_approve(struct call *c);
MUST_CHECK enum err cmd_enrol_accept(struct call *c);
MUST_CHECK enum err cmd_plan_new(struct call *c);
MUST_CHECK enum err cmd_plan_list(struct call *c);
MUST_CHECK enum err cmd_plan_set(struct call *c);
MUST_CHECK enum err cmd_plan_add(struct call *c);
MUST_CHECK enum err cmd_plan_remove(struct call *c);
MUST_CHECK enum err cmd_closing_close(struct call *c);
MUST_CHECK enum err cmd_closing_follow(struct call *c);
MUST_CHECK enum err cmd_closing_reopen(struct call *c);
MUST_CHECK enum err cmd_show_plan(struct call *c);
MUST_CHECK enum err cmd_consent_give(struct call *c);
MUST_CHECK enum err cmd_consent_withdraw(struct call *c);
MUST_CHECK enum err cmd_consent_list(struct call *c);
MUST_CHECK enum err cmd_disclose_make(struct call *c);
MUST_CHECK enum err cmd_disclose_list(struct call *c);
MUST_CHECK enum err cmd_remote_add(struct call *c);
MUST_CHECK enum err cmd_remote_list(struct call *c);
MUST_CHECK enum err cmd_remote_remove(struct call *c);
MUST_CHECK enum err cmd_sync_run(struct call *c);
MUST_CHECK enum err cmd_conflicts_list(struct call *c);
MUST_CHECK enum err cmd_conflicts_resolve(struct call *c);
MUST_CHECK enum err cmd_clashes_list(struct call *c);
MUST_CHECK enum err cmd_clashes_accept(struct call *c);
MUST_CHECK enum err cmd_log_plan(struct call *c);
MUST_CHECK enum err cmd_log_blame(struct call *c);
MUST_CHECK enum err cmd_news_show(struct call *c);
MUST_CHECK enum err cmd_outcome_list(struct call *c);
MUST_CHECK enum err cmd_proposal_add(struct call *c);
MUST_CHECK enum err cmd_proposal_list(struct call *c);
MUST_CHECK enum err cmd_proposal_accept(struct call *c);
MUST_CHECK enum err cmd_proposal_decline(struct call *c);
MUST_CHECK enum err cmd_meeting_new(struct call *c);
MUST_CHECK enum err cmd_meeting_agenda(struct call *c);
MUST_CHECK enum err cmd_meeting_minutes(struct call *c);
MUST_CHECK enum err cmd_meeting_decide(struct call *c);
MUST_CHECK enum err cmd_remiss_new(struct call *c);
MUST_CHECK enum err cmd_remiss_answer(struct call *c);
MUST_CHECK enum err cmd_remiss_settle(struct call *c);
MUST_CHECK enum err cmd_remiss_list(struct call *c);
MUST_CHECK enum err cmd_assessment_new(struct call *c);
MUST_CHECK enum err cmd_assessment_agree(struct call *c);
MUST_CHECK enum err cmd_assessment_list(struct call *c);
MUST_CHECK enum err cmd_verify_log(struct call *c);
MUST_CHECK enum err cmd_audit_export(struct call *c);
MUST_CHECK enum err cmd_content_dump(struct call *c);
MUST_CHECK enum err cmd_content_digest(struct call *c);
MUST_CHECK enum err cmd_apply_file(struct call *c);
MUST_CHECK enum err cmd_import_file(struct call *c);
MUST_CHECK enum err cmd_catalogue_list(struct call *c);
MUST_CHECK enum err cmd_catalogue_search(struct call *c);
MUST_CHECK enum err cmd_catalogue_show(struct call *c);
MUST_CHECK enum err cmd_catalogue_new(struct call *c);
MUST_CHECK enum err cmd_groups_list(struct call *c);
MUST_CHECK enum err cmd_groups_show(struct call *c);
MUST_CHECK enum err cmd_group_new(struct call *c);
MUST_CHECK enum err cmd_group_module(struct call *c);
MUST_CHECK enum err cmd_group_session(struct call *c);
MUST_CHECK enum err cmd_group_join(struct call *c);
MUST_CHECK enum err cmd_group_attend(struct call *c);
MUST_CHECK enum err cmd_group_complete(struct call *c);
MUST_CHECK enum err cmd_protect_person(struct call *c);
MUST_CHECK enum err cmd_person_duplicates(struct call *c);
MUST_CHECK enum err cmd_person_join(struct call *c);
MUST_CHECK enum err cmd_person_split(struct call *c);
MUST_CHECK enum err cmd_print_plan(struct call *c);
MUST_CHECK enum err cmd_print_copy(struct call *c);
MUST_CHECK enum err cmd_state_plan(struct call *c);
MUST_CHECK enum err cmd_web_run(struct call *c); /* app/web/cmd_web.c */
MUST_CHECK enum err cmd_help_show(struct call *c);
MUST_CHECK enum err cmd_help_version(struct call *c);

#endif
