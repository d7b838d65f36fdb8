/** Where the parts of tailtrap find each other on a machine. */

/** The agent's socket (agent/subscribers.ts), unless its configuration says otherwise. */
export const DEFAULT_SOCKET = '/run/tailtrap/agent.sock';
