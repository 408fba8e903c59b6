/* The kinds of party and the roles, as the command line names them. */
export const KINDS = ["kommun", "region", "af", "fk", "annan"] as const;
export const ROLES = ["handläggare", "samordnare", "administratör", "revisor"] as const;
