/** Damage in packets that come live, for those who gave no `onNotice`: the first is thrown when all else was given. */
import { TailtrapError } from '../base/errors.ts';
import type { Notice } from '../trace/event.ts';

export class UntoldDamage {
  #first: TailtrapError | null = null;

  readonly onNotice = ({ kind, stream, message }: Notice): void => {
    if (kind !== 'damage') return;
    const next = 'give onNotice to be told of damage, or go on reading';
    this.#first ??= new TailtrapError('TT_CTF_DAMAGED', message, { where: `${stream.trace}/${stream.name}`, next });
  };

  /** What came since the last call, if anything. */
  throw(): void {
    const first = this.#first;
    this.#first = null;
    if (first !== null) throw first;
  }
}
