/* What is left of a home when the power is cut: of each file what it held when it was last synced (nothing, if it never
 * was), under the names that stood at the last sync of anything. So do the common file systems keep it: names in the order
 * in which they changed, with any sync; bytes only when asked for. */
#ifndef TESTS_SIM_POWER_H
#define TESTS_SIM_POWER_H

/* From here on, the homes in that folder: root/r0, root/r1 … NULL: none, and what was remembered is forgotten. */
void power_watch(const char *root);
/* Told by disk.c: a file or folder was synced; a name is about to stand for nothing, or for something else. */
void power_synced(int fd);
void power_going(const char *path);
/* Leaves in the home what is on the disk for certain. Nobody has it open. */
void power_cut(const char *home);

#endif
