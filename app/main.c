#include "app/cli/command.h"

#ifndef SAMPLAN_VERSION
#define SAMPLAN_VERSION "0"
#endif

int main(int argc, char **argv)
{
    return command_main(argc, argv, SAMPLAN_VERSION);
}
