#include "app/cli/command.h"

#include <string.h>

#include "app/cli/args.h"
#include "app/cli/cmd.h"
#include "app/cli/out.h"
#include "app/cli/session.h"
#include "sync/utf8.h"

const struct command command_table[] = {
    {"found", cmd_site_found,
     "--forbund NAME --party NAME --kind KIND --person NAME [--quorum K] [--passphrase-cost COST]",
     N_("found a förbund on this device"),
     N_("Makes the home with its keys, the first party (KIND: kommun, region, af, fk or annan) and its first "
        "administrator. "
        "K administrators of distinct parties are needed to admit a further party (1 if not given). COST of guessing "
        "the "
        "passphrase: fitted (the default: as much memory as this machine can well spare, up to 256 MiB, and about half "
        "a "
        "second), moderate, interactive, or cheap, which is for tests and demonstrations only. A forgotten passphrase "
        "cannot be replaced by anybody."),
     "samplan found --forbund 'Skåne nordost' --party 'Hässleholms kommun' --kind kommun --person 'Anna Ek'"},
    {"enrol request", cmd_enrol_request,
     "--party NAME [--kind KIND] --person NAME --role ROLE -o FILE [--passphrase-cost COST]",
     N_("on a new device: make keys and write a request"),
     N_("ROLE: handläggare, samordnare, administratör or revisor. --kind where the party is new. Nothing secret is in "
        "the "
        "file; read the words that are shown to the administrator."),
     "samplan enrol request --party 'Region Skåne' --kind region --person 'Bo Al' --role administratör -o bo.ansokan"},
    {"enrol approve", cmd_enrol_approve, "REQUEST -o INVITATION", N_("as administrator: let a device in"),
     N_("Compare the words with the person first. A new party is admitted when enough parties have approved; until "
        "then no "
        "invitation is written."),
     "samplan enrol approve bo.ansokan -o bo.inbjudan"},
    {"enrol accept", cmd_enrol_accept, "INVITATION", N_("on the new device: accept the invitation"),
     N_("Compare the words aloud with the administrator, so that the file cannot have been exchanged. The next sync "
        "brings "
        "the log."),
     "samplan enrol accept bo.inbjudan"},
    {"members", cmd_site_members, "", N_("list parties, members and devices"), "", "samplan members"},
    {"passwd", cmd_passwd_change, "[--new-passphrase-file FILE] [--passphrase-cost COST]", N_("change the passphrase"),
     N_("Asks for the old one (--passphrase-file, $SAMPLAN_PASSPHRASE_FILE or the terminal), then for the new one, "
        "twice. "
        "Either the old one or the new one opens the home, whatever happens meanwhile. The cost of guessing is fitted "
        "to "
        "the machine anew. The keys stay the same: an older copy of device.key still opens with the old passphrase. If "
        "it is forgotten, nobody can replace it: what no other site has met yet is lost, and the device must be let in "
        "anew."),
     "samplan passwd"},
    {"unlock", cmd_unlock_start, "[--for MINUTES]", N_("keep the home open for a while"),
     N_("A small process of yours, the agent, then holds the key in memory, and commands do not ask for the "
        "passphrase: "
        "for 15 minutes if --for is not given, counted from now however much is done, and also while the computer "
        "sleeps. MINUTES may have a unit: 90s, 8h; at most 12 hours. Meanwhile every program that runs as you can open "
        "the home. A command with --passphrase-file does not use it."),
     "samplan unlock --for 60"},
    {"lock", cmd_unlock_end, "", N_("end what unlock began"), N_("The key is wiped from memory."), "samplan lock"},
    {"plan new", cmd_plan_new, "[FIELD=VALUE…] [person=ID | person.FIELD=VALUE…]", N_("make a handlingsplan"),
     N_("Without person=ID a person is made too, anonymous unless person.name is given; person.number takes a "
        "personnummer or "
        "samordningsnummer. A value @FILE is read from a file, @- from standard input, and @@x is @x."),
     "samplan plan new title='Väg till arbete' person.name='Testperson Ett'"},
    {"plan list", cmd_plan_list, "[QUERY]", N_("list the plans that can be read here"),
     N_("QUERY stands in the title, the person's name or the id."), "samplan plan list väg"},
    {"plan show", cmd_show_plan, "PLAN", N_("show a plan with all that can be read of it"), "",
     "samplan plan show 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"plan set", cmd_plan_set, "OBJECT FIELD=VALUE… [--shown TX,TX]",
     N_("change fields of a plan, activity, goal, note …"),
     N_("An empty value unsets. Of a field with several values, FIELD=A;B makes it exactly those, FIELD+=A adds one "
        "and "
        "FIELD-=A takes one away. A party, member or function may be written by its name. --shown, with one field: the "
        "transactions that had set what was shown (samplan blame); if there are others by now, nothing is saved and it "
        "is exit 4. --shown= states that it had never been set."),
     "samplan plan set 01890a5d-ac96-774b-bcce-b302099a8057 status=pågår needs+=bostad"},
    {"plan add", cmd_plan_add, "PLAN TYPE FIELD=VALUE… [--topic TOPIC] [--own | --shared]",
     N_("add an activity, goal, note … to a plan"),
     N_("What a type leaves open is shared unless --own is given. An activity is always the own party's: others read "
        "it when "
        "it is disclosed."),
     "samplan plan add PLAN activity kind=studier from=2026-08-24 to=2026-12-18 extent=75%"},
    {"plan state", cmd_state_plan, "PLAN", N_("show how far what stands in a plan has come"),
     N_("Of each object: only here, sent, or received, and how many of the other devices that may read it are known to "
        "have it. That is told by their own records: a device that has received something and written nothing since "
        "does not count yet. With --json: {\"plan\", \"local\", \"waiting_for_key\", \"objects\":[{\"object\", "
        "\"type\", "
        "\"topic\", \"removed\", \"state\":\"local\"|\"sent\"|\"received\", \"received\", \"readers\", \"missing\", "
        "\"waiting\", \"set_aside\"}]}."),
     "samplan plan state 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"plan remove", cmd_plan_remove, "OBJECT", N_("remove an object"), "",
     "samplan plan remove 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"plan close", cmd_closing_close,
     "PLAN [closing_reason=REASON] [learned=TEXT] [follow_up=DATE] [followup.FIELD=VALUE…] [--end STATUS] [--leave "
     "WHY]",
     N_("close a plan; first see what is still open"),
     N_("With PLAN alone it lists what is open (activities, decisions that are not done, referrals, proposals) and "
        "changes nothing: exit 1 where there is any. To close it, what is open must be decided about: --end klar or "
        "--end avbruten ends the own party's activities today, --leave says why the rest stays as it is. Closed "
        "today, if closed=DATE is not given, and followed up three months later, if follow_up is not. "
        "followup.income=…, followup.occupation=… and followup.education=… say how things stand at the closing. A "
        "closed plan has no glapp; its follow-up comes on the agenda on its day."),
     "samplan plan close PLAN closing_reason=arbete learned='Korta steg fungerade' --end klar"},
    {"plan followup", cmd_closing_follow, "PLAN FIELD=VALUE… [point=POINT] [--next DATE]",
     N_("note a follow-up of a closed plan"),
     N_("income, occupation, education as they are now. POINT: 3, 6 or 12 months after the closing; told by the day "
        "if not given. The next follow-up is then set to the next point, or none, or to --next."),
     "samplan plan followup PLAN income=lön occupation=anställd"},
    {"plan reopen", cmd_closing_reopen, "PLAN --why TEXT [FIELD=VALUE…] [--new]",
     N_("open a closed plan again, or begin a new one that goes on from it"),
     N_("What had stood at the closing is kept beside it. With --new the plan stays closed, and a new one of the same "
        "person names it (earlier); consents do not come along."),
     "samplan plan reopen PLAN --why 'Anställningen upphörde'"},
    {"consent give", cmd_consent_give,
     "PLAN --to WHOM[;WHOM…] --sections TOPIC,TOPIC [--purpose PURPOSE] [--until DATE] [--form FORM]",
     N_("record a samtycke"),
     N_("WHOM: a party, a member, or alla: the parties there are now. TOPIC: plan, person, halsa, ekonomi, social. "
        "PURPOSE: "
        "exchange (the default), followup, evaluation. FORM: written, oral. It is in force from today, for twelve "
        "months "
        "if --until is not given, and admits those it names to the plan's shared sections of those topics."),
     "samplan consent give PLAN --to 'Region Skåne;Arbetsförmedlingen' --sections plan,person --form written"},
    {"consent withdraw", cmd_consent_withdraw, "CONSENT", N_("record that a samtycke is withdrawn"),
     N_("Those whom no other consent in force covers get no further updates. What they have received is not deleted."),
     "samplan consent withdraw 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"consent list", cmd_consent_list, "PLAN", N_("list the samtycken of a plan"), "", "samplan consent list PLAN"},
    {"disclose list", cmd_disclose_list, "PLAN", N_("list a plan's sections and who may read them"), "",
     "samplan disclose list PLAN"},
    {"disclose", cmd_disclose_make, "PLAN [--sections TOPIC,…] [--to WHOM…] [--ground CONSENT|TEXT]",
     N_("hand out the own party's sections of a plan"),
     N_("What is in them and what is added later. Without --to and --ground: to all whom a consent in force names. A "
        "TEXT names a "
        "legal ground, and then --sections and --to are needed. Without ground it is refused."),
     "samplan disclose PLAN"},
    {"remote add", cmd_remote_add, "NAME (FOLDER | FILE.bundle | URL)", N_("name a place to meet"),
     N_("A folder, for instance on a USB stick: it is made if it is missing and its parent exists. A file whose name "
        "ends in "
        ".bundle, to be carried or sent: what others wrote is taken in, then it is replaced by what they lack; it is "
        "between "
        "two. Or a bare repository on any git host: ssh://, user@host:path, https:// or file://, met through the "
        "installed "
        "git with your own keys, without a password in the address."),
     "samplan remote add sticka /media/anna/STICKA/samplan"},
    {"remote list", cmd_remote_list, "", N_("list the places to meet"), "", "samplan remote list"},
    {"remote remove", cmd_remote_remove, "NAME", N_("forget a place to meet"),
     N_("What lies there is left as it is. A bundle that is added again starts with everything."),
     "samplan remote remove sticka"},
    {"sync", cmd_sync_run, "[REMOTE…] [--progress json]", N_("meet the others there, both ways"),
     N_("Every place that is named, or all of them. Ctrl-C breaks off; what had arrived is kept. A bundle that is "
        "missing "
        "between two that came shows as a gap, with the chain and the transactions that it held; what waits for it is "
        "kept. "
        "--progress json writes {\"remote\",\"phase\",\"done\",\"total\"} lines to standard error."),
     "samplan sync sticka"},
    {"conflicts", cmd_conflicts_list, "[PLAN]", N_("list what two people set without knowing of each other"), "",
     "samplan conflicts"},
    {"resolve", cmd_conflicts_resolve,
     "OBJECT FIELD (--take N | --value VALUE | --merged) [--why TEXT] [--shown TX,TX]", N_("settle a conflict"),
     N_("N is the number of the value in samplan conflicts. --merged takes the suggestion that joins two texts: read "
        "it first. FIELD is removed where a removal is in dispute, and its values are removed and kept. --why is kept "
        "as a note of the plan, in the same save. --shown states the transactions of the values that were shown (tx in "
        "--json): if there are others by now, nothing is saved and it is exit 4."),
     "samplan resolve 01890a5d-ac96-774b-bcce-b302099a8057 target_date --take 0"},
    {"clashes", cmd_clashes_list, "[PLAN]", N_("list krockar and glapp"),
     N_("Computed from what can be read here. Exit 1 where one is not over yet."),
     "samplan clashes --today 2026-09-15"},
    {"clash accept", cmd_clashes_accept, "ID --why TEXT", N_("record that a krock or glapp is known and decided so"),
     N_("ID stands last on its line in samplan clashes. The reason is signed, and everybody with consent can read it. "
        "It "
        "holds until what it is about changes."),
     "samplan clash accept 5f2b0c9d4e8a1b7c6d3e2f10a9b8c7d6 --why 'Överenskommet med personen på mötet'"},
    {"log", cmd_log_plan, "PLAN [--field FIELD] [--since WHEN]", N_("show who changed what, when, for which party"), "",
     "samplan log PLAN --field target_date"},
    {"blame", cmd_log_blame, "PLAN", N_("show who wrote what stands in each field"), "", "samplan blame PLAN"},
    {"news", cmd_news_show, "[--since WHEN] [--peek]", N_("show what others have changed since you last looked"),
     N_("First what needs your decision, of the plans that are yours or wait for your party; exit 1 where there is "
        "something. Then the changes by person and plan, from what you knew to what stands. WHEN: YYYY-MM-DD or "
        "YYYY-MM-DDTHH:MMZ. With --since or --peek it counts as not looked at. Whoever looks for the first time is "
        "told "
        "of 30 days. Texts on health, economy and social matters are left out. With --json: {\"since\", "
        "\"decisions\":[{\"matter\", \"plan\", \"ours\", and the row under the matter's name: conflict, proposal, "
        "remiss, clash, consent, followup, too_large or assessment}], \"plans\":[{\"plan\", \"title\", \"person\", "
        "\"person_name\", \"mine\", "
        "\"objects\":[{\"object\", \"type\", \"owner\", \"topic\", \"made\", \"removed\", \"changes\":[rows as of "
        "log, with \"withheld\"]}]}], \"forbund\":[rows as of log]}."),
     "samplan news --since 2026-09-01"},
    {"outcome list", cmd_outcome_list, "PLAN", N_("show the outcome matrix of a plan"),
     N_("What each party thinks an insats led to. A party scores with plan add PLAN outcome insats=ID individual=… "
        "own_effort=… samverkan=…; what the others have answered is shown when one has scored the same oneself, where "
        "a "
        "consent for utvärdering names both. JSON: [{\"insats\", \"insats_name\", \"party\", \"party_id\", "
        "\"outcome\": null|object}]."),
     "samplan outcome list 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"proposal add", cmd_proposal_add, "OBJECT FIELD=VALUE [--why TEXT]",
     N_("propose a change to what another party owns"),
     N_("The party that owns it accepts or declines; until then nothing is changed. An empty value proposes to unset."),
     "samplan proposal add 01890a5d-ac96-774b-bcce-b302099a8057 extent=50% --why 'The person cannot manage more'"},
    {"proposal list", cmd_proposal_list, "[PLAN]", N_("list proposals and what was answered"), "",
     "samplan proposal list"},
    {"proposal accept", cmd_proposal_accept, "PROPOSAL", N_("accept a proposal: set the value"), "",
     "samplan proposal accept 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"proposal decline", cmd_proposal_decline, "PROPOSAL", N_("decline a proposal"), "",
     "samplan proposal decline 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"meeting new", cmd_meeting_new, "PLAN [FIELD=VALUE…] [--agenda]", N_("add a meeting to a plan"),
     N_("--agenda writes down what waits for a decision now, as samplan meeting agenda shows it."),
     "samplan meeting new PLAN kind=trepartsmöte when=2026-09-22T11:00Z --agenda"},
    {"meeting agenda", cmd_meeting_agenda, "PLAN", N_("list what waits for a decision in a plan"),
     N_("Conflicts, proposals and referrals without an answer, krockar and glapp (overdue follow-ups and decisions "
        "among them), consents that end within 30 days, a follow-up that is today, or of a closed plan overdue, a plan "
        "that is too large for the rules, and a joint assessment that waits for the own party."),
     "samplan meeting agenda PLAN"},
    {"meeting minutes", cmd_meeting_minutes, "MEETING TEXT", N_("write minutes; what stands there stays"),
     N_("@FILE reads the text from a file, @- from standard input."),
     "samplan meeting minutes 01890a5d-ac96-774b-bcce-b302099a8057 'Praktiken flyttas till oktober.'"},
    {"meeting decide", cmd_meeting_decide, "MEETING text=TEXT [party=PARTY] [due=DATE]",
     N_("record a decision of a meeting"), "",
     "samplan meeting decide MEETING text='Ny praktikplats' party=Arbetsförmedlingen due=2026-10-01"},
    {"remiss new", cmd_remiss_new, "PLAN to=WHOM [reason=TEXT]", N_("refer the person to a party or a function"), "",
     "samplan remiss new PLAN to='Region Skåne' reason='Bedömning av arbetsförmåga'"},
    {"remiss answer", cmd_remiss_answer, "REMISS STATUS [--why TEXT] [--to WHOM]", N_("answer a referral"),
     N_("The party that it is to answers. STATUS: mottagen, avvisad or överlämnad, and after mottagen överlämnad or "
        "återlämnad; who refused may still take it. avvisad and återlämnad need a reason. överlämnad with --to makes a "
        "new referral to WHOM, that names this one."),
     "samplan remiss answer 01890a5d-ac96-774b-bcce-b302099a8057 avvisad --why 'Fel mottagare'"},
    {"remiss settle", cmd_remiss_settle, "REMISS", N_("take note that a referral has come back"),
     N_("The party that sent it does so; until then it waits on its agenda and among its news."),
     "samplan remiss settle 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"remiss list", cmd_remiss_list, "[PLAN]", N_("list referrals, and what was answered"),
     N_("JSON: [{\"id\", \"plan\", \"from\", \"to\", \"status\", \"reason\", \"status_reason\", \"follows\", "
        "\"settled\", "
        "\"waits\", \"back\", \"answers\"}]; waits: for an answer of the own party; back: has come back to it; "
        "answers: those that the own party may give now."),
     "samplan remiss list"},
    {"assessment new", cmd_assessment_new, "PLAN text=TEXT parties=PARTY;PARTY… [recommended=INSATS;…] [remiss=REMISS]",
     N_("write a joint assessment by a kompetensteam"),
     N_("The own party is one of PARTY, and stands behind it at once; each of the others does so itself. INSATS is an "
        "id, "
        "or a name."),
     "samplan assessment new PLAN text=@bedomning.txt 'parties=Motala kommun;Region Östergötland'"},
    {"assessment agree", cmd_assessment_agree, "ASSESSMENT [--opinion TEXT]", N_("stand behind a joint assessment"),
     N_("As it is now: when it is changed, every party has to agree anew. TEXT is what the party sees otherwise."),
     "samplan assessment agree 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"assessment list", cmd_assessment_list, "PLAN", N_("list joint assessments, and who stands behind them"), "",
     "samplan assessment list PLAN"},
    {"verify", cmd_verify_log, "[--full]", N_("check signatures, chains, links and authority"),
     N_("With --full everything that can be opened is opened again. Exit 1 where something does not hold."),
     "samplan verify --full"},
    {"audit export", cmd_audit_export, "PLAN -o DIR", N_("make a dossier that stock git can check"), "",
     "samplan audit export PLAN -o dossier"},
    {"dump", cmd_content_dump, "", N_("print all that can be read, as canonical JSON"), "", "samplan dump"},
    {"digest", cmd_content_digest, "", N_("print the BLAKE2b-256 of the dump"), "", "samplan digest"},
    {"apply", cmd_apply_file, "FILE [--all-or-nothing]", N_("carry out operations from JSON Lines"),
     N_("One operation a line, one transaction a line unless lines carry the same \"tx\" in a row. - reads standard "
        "input. A bad "
        "line refuses its transaction and leaves the others standing; with --all-or-nothing it refuses the file."),
     "samplan apply operations.jsonl"},
    {"import", cmd_import_file,
     "FILE [--as KIND] [--map MAPFILE] [--dry-run] [--all-or-nothing] [--leave-refused-cells]",
     N_("take in participants, activities or insatser from a spreadsheet (CSV)"),
     N_("KIND: participants, activities or insatser; told by the headings if not given. CSV in UTF-8, with comma, "
        "semicolon or tab. MAPFILE says which column is which field, a line each: Column = type.field, Column = - to "
        "leave it out, Column[cell] = value. A row with a refused cell is refused whole, or without that cell with "
        "--leave-refused-cells. Run again, it sets only what differs; an empty cell unsets nothing. - reads standard "
        "input."),
     "samplan import insatser.csv --dry-run"},
    {"insats list", cmd_catalogue_list, "", N_("list the catalogue of insatser"), "", "samplan insats list"},
    {"insats search", cmd_catalogue_search, "TEXT…", N_("whom do I ask for …?"),
     N_("Every word must stand in the name, the target groups, the area, the purpose or the owner of an insats."),
     "samplan insats search unga vuxna Motala"},
    {"insats show", cmd_catalogue_show, "INSATS", N_("show an insats with its groups and modules"),
     N_("INSATS is an id, or a name."), "samplan insats show 'Motala Fontänhus'"},
    {"insats new", cmd_catalogue_new, "name=NAME [FIELD=VALUE…]", N_("put an insats into the catalogue"),
     N_("Everybody in the förbund reads it. It is the own party's, if owner_party does not say whose. Many at once: "
        "import."),
     "samplan insats new name='Grön rehab' purpose='Steg mot arbete' area=Motala"},
    {"group list", cmd_groups_list, "", N_("list the groups, with how many take part"), "", "samplan group list"},
    {"group show", cmd_groups_show, "GROUP",
     N_("show a group: its modules in order, and where each participant stands"),
     N_("GROUP is an id, or a name. Of each participant that can be read here: how far each module has come, what is "
        "next, and what it waits for. Exit 1 where something is noted of a participant, and a module is taken before "
        "one that "
        "it builds on is completed. "
        "Protected persons are not named."),
     "samplan group show 'Vår 2027'"},
    {"group new", cmd_group_new, "INSATS name=NAME [from=DATE] [to=DATE]", N_("make a group: a round of an insats"),
     N_("INSATS is an id, or a name. Its modules are the insats's (group module)."),
     "samplan group new 'Grön rehab' name='Vår 2027' from=2027-02-01 to=2027-05-28"},
    {"group module", cmd_group_module, "INSATS name=NAME [order=N] [requires=MODULE;MODULE…]",
     N_("add a module to an insats; it comes after the others"),
     N_("requires: modules, by name or id, that must be completed before."),
     "samplan group module 'Grön rehab' name=Praktik requires=Start"},
    {"group session", cmd_group_session, "GROUP MODULE when=TIME", N_("plan when a group meets over a module"), "",
     "samplan group session 'Vår 2027' Start when=2027-02-01T08:00Z"},
    {"group join", cmd_group_join, "GROUP PLAN [FIELD=VALUE…]", N_("let a plan's person take part in a group"),
     N_("It becomes an activity of the own party in the plan, on the group's days. Others read it when it is "
        "disclosed. To end it: plan set ACTIVITY status=avbruten."),
     "samplan group join 'Vår 2027' PLAN kind=förstegsplats extent=25%"},
    {"group attend", cmd_group_attend, "SESSION PLAN… [--missed]", N_("note who was at a session"),
     N_("With --missed: who was not. It is noted in each plan, in the own party's section. Exit 1 where the module "
        "builds on one that is not completed."),
     "samplan group attend SESSION PLAN PLAN"},
    {"group complete", cmd_group_complete, "GROUP MODULE PLAN… [--day DATE | --undo]",
     N_("note that participants have completed a module"),
     N_("Today, if --day is not given. Exit 1 where it builds on a module that is not completed."),
     "samplan group complete 'Vår 2027' Start PLAN PLAN"},
    {"person protect", cmd_protect_person, "PERSON|PLAN KIND [--keep WHOM…]",
     N_("protect a person's data, and withdraw name and number"),
     N_("KIND: sekretessmarkering, skyddad folkbokföring, fingerade uppgifter, or nej where it has ended. Lists, "
        "searches, "
        "news and print name nobody who is protected. Name and number go on to the own party and to WHOM alone (a "
        "party, a member or a function); the others get no more of them, and hide name, number, places and times. "
        "What they have read cannot be called back. After nej it takes a new consent to let somebody in again."),
     "samplan person protect PLAN sekretessmarkering --keep 'Region Skåne'"},
    {"person duplicates", cmd_person_duplicates, "", N_("find persons who are registered twice"),
     N_("By identity number, earlier ones too; by name and year of birth it is only a suggestion. Pairs that somebody "
        "has decided on are left out. Exit 1 where there are any."),
     "samplan person duplicates"},
    {"person join", cmd_person_join, "A B", N_("decide that two registered persons are one"),
     N_("Both ids go on working everywhere. person split takes it back."),
     "samplan person join 01890a5d-ac96-774b-bcce-b302099a8057 01890a5d-ac96-774b-bcce-b302099a8058"},
    {"person split", cmd_person_split, "A [B]", N_("decide that they are not the same person"),
     N_("Takes back every join of A, or that with B. Without a join it says that a suggested pair are two persons."),
     "samplan person split 01890a5d-ac96-774b-bcce-b302099a8057"},
    {"print", cmd_print_plan, "PLAN [--html FILE]", N_("print a plan for the person, in plain words"),
     N_("A page for a browser to print, on standard output if FILE is not given. Refused where the person has "
        "protected personal data, or where that cannot be known here."),
     "samplan print PLAN --html plan.html"},
    {"copy", cmd_print_copy, "PLAN", N_("text for the own authority's journal"),
     N_("The own party's activities and the joint decisions, as plain text to copy. Names nobody."),
     "samplan copy PLAN"},
    {"rebuild", cmd_site_rebuild, "", N_("make the replica anew from the log"),
     N_("Also where it is damaged or gone: then what is in no record yet is kept as far as it can be read. Exit 1 "
        "where "
        "something is lost."),
     "samplan rebuild"},
    {"backup", cmd_backup_write, "FILE", N_("write a backup of the home"),
     N_("What is in no record yet is put in one first. The file is as sealed as the home is, and opens with the "
        "passphrase "
        "that the home has now."),
     "samplan backup /media/anna/STICKA/anna.samplan-backup"},
    {"restore", cmd_backup_restore, "FILE", N_("make the home anew from a backup"),
     N_("Where there is no home. What you write from then on is on a chain of its own, so that it cannot be mistaken "
        "for "
        "what the lost home wrote after the backup; meet the others for that. Do not use both."),
     "samplan restore /media/anna/STICKA/anna.samplan-backup"},
    {"gc", cmd_gc_run, "", N_("pack the log anew and give back unused space"),
     N_("Nothing is removed before what replaces it has been read again. After a sync, if the log has more than 200 "
        "packs, the small ones become one without being asked."),
     "samplan gc"},
    {"web", cmd_web_run, "[--port N] [--idle SECONDS] [--no-browser] [--passphrase-cost COST]",
     N_("open the local pages"),
     N_("Serves the pages on this computer alone, and opens them in the browser; the passphrase is asked for there. "
        "The "
        "address is good for one browser; samplan web once more gives another, for the same pages. They lock when "
        "nothing was done for SECONDS (900). Ctrl-C ends them."),
     "samplan web"},
    {"status", cmd_site_status, "", N_("show home, förbund, member and sizes"), "", "samplan status"},
    {"help", cmd_help_show, "[COMMAND | TYPE]", N_("explain a command, or a type's fields"), "",
     "samplan help plan add"},
    {"version", cmd_help_version, "", N_("show the version"), "", "samplan version"},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

/* Is name made of the first words? Gives how many, or 0. */
static int words_matched(const char *name, int count, char *const *words)
{
    int used = 0;
    while (used < count && words[used]) {
        const size_t len = strcspn(name, " ");
        if (strlen(words[used]) != len || memcmp(words[used], name, len) != 0) {
            return 0;
        }
        used++;
        if (name[len] == '\0') {
            return used;
        }
        name += len + 1;
    }
    return 0;
}

const struct command *command_find(int count, char *const *words, int *used)
{
    const struct command *found = NULL;
    *used = 0;
    for (const struct command *c = command_table; c->name; c++) {
        const int matched = words_matched(c->name, count, words);
        if (matched > *used) { /* the longer name: "disclose list" before "disclose" */
            *used = matched;
            found = c;
        }
    }
    return found;
}

static bool asks_help(const struct call *c)
{
    for (int i = 0; i < c->rest_count && strcmp(c->rest[i], "--") != 0; i++) {
        if (strcmp(c->rest[i], "--help") == 0 || strcmp(c->rest[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

/* "samplan plan new --help": help about the words in front of it. */
static enum err run_help(struct call *c, const struct command *about)
{
    static char *words[2]; /* argv's own type */
    c->command = NULL;
    c->rest_count = 0;
    c->rest = words;
    char *name = about ? arena_text(&c->arena, span_str(about->name)) : NULL;
    if (name) {
        words[c->rest_count++] = name;
        char *space = strchr(name, ' ');
        if (space) {
            *space = '\0';
            words[c->rest_count++] = space + 1;
        }
    }
    return cmd_help_show(c);
}

/* Arguments are UTF-8 whatever the locale; what is kept as text is brought into one form where it is kept. */
static enum err check_utf8(struct call *c)
{
    for (int i = 0; i < c->rest_count; i++) {
        struct buf clean = {0};
        enum err e = utf8_clean(&clean, span_str(c->rest[i]));
        buf_free(&clean);
        if (e == ERR_INPUT) {
            return why_set(&c->ops.why, e, N_("not clean UTF-8 text"), "%d: %s", i + 1, c->rest[i]);
        }
        if (e != OK) {
            return ops_no_memory(&c->ops);
        }
    }
    return OK;
}

static enum err choose(struct call *c)
{
    int used;
    enum err e = check_utf8(c);
    if (e == OK) {
        e = args_global(c, &used);
    }
    if (e != OK) {
        return e;
    }
    c->rest += used;
    c->rest_count -= used;
    if (c->rest_count > 0 && strcmp(c->rest[0], "--version") == 0) {
        c->rest[0] = (char *)(uintptr_t) "version";
    }
    c->command = command_find(c->rest_count, c->rest, &used);
    if (asks_help(c)) {
        return run_help(c, c->command);
    }
    if (!c->command) {
        return c->rest_count == 0 ? call_usage(c, N_("a command is missing (samplan help lists them)"), "")
                                  : call_usage(c, N_("no such command (samplan help lists them)"), c->rest[0]);
    }
    c->rest += used;
    c->rest_count -= used;
    return c->command->run(c);
}

int command_main(int argc, char **argv, const char *version)
{
    struct call c = {.version = version, .rest_count = argc > 0 ? argc - 1 : 0, .rest = argv + 1};
    c.ops.arena = &c.arena;
    text_choose_from_environment();
    c.json = args_has_json(c.rest_count, c.rest);
    enum err e = device_init_library();
    if (e == OK) {
        e = choose(&c);
    } else {
        e = why_set(&c.ops.why, e, N_("this machine gives no random numbers"), "%s", "");
    }
    const int code = out_finish(&c, e);
    (void)!session_end(&c, e);
    json_decref(c.result);
    buf_free(&c.text);
    arena_free(&c.arena);
    return code;
}
