/** The `actions:` of tailtrap.yaml. */
import { duration, listOf, mapping, parsed, type Reader, text } from './yaml-reader.ts';

export interface ExecAction {
  readonly kind: 'exec';
  /** Program and arguments; no shell. */
  readonly command: readonly string[];
  readonly timeout_ns: number;
}
export interface WebhookAction {
  readonly kind: 'webhook';
  readonly url: string;
  readonly timeout_ns: number;
}
export type Action = { readonly kind: 'snapshot' } | { readonly kind: 'wake' } | ExecAction | WebhookAction;

const MAX_ARGUMENTS = 64;

const url: Reader<string> = parsed(
  (value) => {
    const { protocol } = new URL(value);
    if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`'${value}' is not an http or https address`);
    return value;
  },
  'an http or https address',
  '',
);

const execAction = mapping({ command: listOf(text, MAX_ARGUMENTS), timeout: duration });
const webhookAction = mapping({ url, timeout: duration });

const DEFAULT_EXEC_TIMEOUT_NS = 30e9;
const DEFAULT_WEBHOOK_TIMEOUT_NS = 5e9;
const NO_TIME = 'timeout must be longer than 0';

/** `snapshot`, `wake`, or one of `exec: {...}`, `webhook: {...}`. */
export const action: Reader<Action> = (node, at) => {
  const simple = parsed((value) => value, 'an action', '');
  if (node !== null && 'items' in node) {
    const value = mapping({ exec: execAction, webhook: webhookAction })(node, at);
    if (value.exec !== undefined) {
      const command = value.exec.command ?? [];
      if (command.length === 0) at.fault(node, 'exec needs a command: [program, argument ...]');
      if (value.exec.timeout === 0) at.fault(node, NO_TIME);
      return { kind: 'exec', command, timeout_ns: value.exec.timeout ?? DEFAULT_EXEC_TIMEOUT_NS };
    }
    if (value.webhook !== undefined) {
      if (value.webhook.url === undefined) at.fault(node, 'webhook needs a url');
      if (value.webhook.timeout === 0) at.fault(node, NO_TIME);
      return {
        kind: 'webhook',
        url: value.webhook.url ?? '',
        timeout_ns: value.webhook.timeout ?? DEFAULT_WEBHOOK_TIMEOUT_NS,
      };
    }
    return { kind: 'wake' }; // the fault is told already
  }
  const name = simple(node, at);
  if (name === 'snapshot' || name === 'wake') return { kind: name };
  at.fault(node, `there is no action '${name}' (known: snapshot, wake, exec, webhook)`);
  return { kind: 'wake' };
};
