/** A JSON text sequence (RFC 7464; CTF2-SPEC-2.0, section 5) and where in it something is wrong. */
import { TailtrapError } from '../../base/errors.ts';
import { placeInText, shortened } from '../place-in-text.ts';
import { type JsonObject, parseJson } from './json.ts';

const SEPARATOR = '\x1e';

/** One text of the sequence: a fragment. */
export class Fragment {
  readonly text: string;
  /** Name of the metadata, as shown. */
  readonly source: string;
  /** From 1. */
  readonly number: number;
  /** What it describes, once that is known: `event-record-class 'sched_switch'`. */
  label = '';

  constructor(text: string, source: string, number: number) {
    this.text = text;
    this.source = source;
    this.number = number;
  }

  /** An error at a character of the fragment; lines and columns count within it, from 1. */
  error(message: string, at: number, detail: { code?: string; next?: string } = {}): TailtrapError {
    const { line, column } = placeInText(this.text, at);
    const label = this.label === '' ? '' : ` (${this.label})`;
    const where = `${this.source}, fragment ${this.number}${label}, line ${line}, column ${column}`;
    return new TailtrapError(detail.code ?? 'TT_CTF_METADATA', shortened(message), { where, next: detail.next ?? '' });
  }

  /** The JSON object that it must be. */
  object(): JsonObject {
    const json = parseJson(this.text, (message, at) => this.error(message, at));
    if (json.kind !== 'object') throw this.error('a fragment is a JSON object', json.at);
    return json;
  }
}

/**
 * The texts between record separators. Separators without a text between them are nothing (RFC 7464, section 2.1); the
 * line feed that should end a text may be missing, since LTTng leaves it out.
 */
export function* fragmentTexts(sequence: string): Generator<string> {
  for (let at = sequence.indexOf(SEPARATOR); at >= 0; ) {
    const next = sequence.indexOf(SEPARATOR, at + 1);
    const text = sequence.slice(at + 1, next < 0 ? undefined : next);
    if (/\S/.test(text)) yield text;
    at = next;
  }
}
