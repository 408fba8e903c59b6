#include "app/agent/agent_serve_posix.h"
#include "app/cli/command.h"
#include "app/cli/shield_posix.h"

#ifndef SAMPLAN_VERSION
#define SAMPLAN_VERSION "0"
#endif

int main(int argc, char **argv)
{
    shield_posix_process();
    if (agent_serve_posix_asked(argc, argv)) {
        return agent_serve_posix_main();
    }
    return command_main(argc, argv, SAMPLAN_VERSION);
}
