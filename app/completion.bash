# bash completion for samplan: commands, their options, and the types that help tells about.
# Made from `samplan help` by tests/cli/test_completion.py --write; the same test fails where it is out of date.
_samplan() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} first='' second='' i
    COMPREPLY=()
    case $previous in
    --home) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    --passphrase-file|-o) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --home|--passphrase-file|--today) ((i++)) ;;
        -*) ;;
        *) if [ -z "$first" ]; then first=${COMP_WORDS[i]}; elif [ -z "$second" ]; then second=${COMP_WORDS[i]}; fi ;;
        esac
    done
    local words='' options="--home --json --quiet --passphrase-file --today"
    case "$first $second" in
    "found "*) options+=" --forbund --party --kind --person --quorum --passphrase-cost" ;;
    "enrol request") options+=" --party --kind --person --role -o --passphrase-cost" ;;
    "enrol approve") options+=" -o" ;;
    "passwd "*) options+=" --new-passphrase-file --passphrase-cost" ;;
    "unlock "*) options+=" --for" ;;
    "plan set") options+=" --shown" ;;
    "plan add") options+=" --topic --own --shared" ;;
    "plan close") options+=" --end --leave" ;;
    "plan followup") options+=" --next" ;;
    "plan reopen") options+=" --why --new" ;;
    "consent give") options+=" --to --sections --purpose --until --form" ;;
    "disclose "*) options+=" --sections --to --ground" ;;
    "sync "*) options+=" --progress" ;;
    "resolve "*) options+=" --take --value --merged --why --shown" ;;
    "clash accept") options+=" --why" ;;
    "log "*) options+=" --field --since" ;;
    "news "*) options+=" --since --peek" ;;
    "proposal add") options+=" --why" ;;
    "meeting new") options+=" --agenda" ;;
    "remiss answer") options+=" --why --to" ;;
    "assessment agree") options+=" --opinion" ;;
    "verify "*) options+=" --full" ;;
    "audit export") options+=" -o" ;;
    "apply "*) options+=" --all-or-nothing" ;;
    "import "*) options+=" --as --map --dry-run --all-or-nothing --leave-refused-cells" ;;
    "group attend") options+=" --missed" ;;
    "group complete") options+=" --day --undo" ;;
    "person protect") options+=" --keep" ;;
    "print "*) options+=" --html" ;;
    "web "*) options+=" --port --idle --no-browser --passphrase-cost" ;;
    esac
    if [ -z "$first" ]; then
        words="found enrol members passwd unlock lock plan consent disclose remote sync conflicts resolve clashes clash log blame news outcome proposal meeting remiss assessment verify audit dump digest apply import insats group person print copy rebuild backup restore gc web status help version"
    elif [ -z "$second" ]; then
        case $first in
        enrol) words="request approve accept" ;;
        plan) words="new list show set add state remove close followup reopen" ;;
        consent) words="give withdraw list" ;;
        disclose) words="list" ;;
        remote) words="add list remove" ;;
        clash) words="accept" ;;
        outcome) words="list" ;;
        proposal) words="add list accept decline" ;;
        meeting) words="new agenda minutes decide" ;;
        remiss) words="new answer settle list" ;;
        assessment) words="new agree list" ;;
        audit) words="export" ;;
        insats) words="list search show new" ;;
        group) words="list show new module session join attend complete" ;;
        person) words="protect duplicates join split" ;;
        help) words="found enrol members passwd unlock lock plan consent disclose remote sync conflicts resolve clashes clash log blame news outcome proposal meeting remiss assessment verify audit dump digest apply import insats group person print copy rebuild backup restore gc web status help version identity kartlaggning kartlaggning_halsa kartlaggning_social kartlaggning_ekonomi income goal activity slot decision note followup module session function policy acceptance person_join scored progress reentry agreement" ;;
        esac
    fi
    [[ $word == -* ]] && words=$options
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _samplan samplan
