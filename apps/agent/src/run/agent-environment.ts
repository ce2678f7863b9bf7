/** The variables of the process, for what is no setting of the agent: where it stands, and what plugins are given. */
export type AgentEnvironment = Readonly<Record<string, string | undefined>>;
