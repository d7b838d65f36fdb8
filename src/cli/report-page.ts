/** `report --html FILE`: collects the results, and writes the page when all are there. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PageData, type TextStyle } from '../analyses/index.ts';
import { replaceFile, writing } from './partial.ts';

export class PageFile {
  readonly #file: string;
  readonly #title: string;
  #data: PageData | null = null;

  /** @throws TailtrapError `TT_WRITE` now rather than after a long reading, where it is known already */
  constructor(file: string, title: string) {
    this.#file = file;
    this.#title = title;
    writing(file, () => {
      accessSync(dirname(resolve(file)), constants.W_OK);
      if (statSync(this.#file, { throwIfNoEntry: false })?.isDirectory())
        throw Object.assign(new Error('EISDIR: it is a folder'), { code: 'EISDIR' });
    });
  }

  sink(style: TextStyle): PageData {
    this.#data = new PageData(style);
    return this.#data;
  }

  /** A page that was there before is replaced by a whole one or not at all. */
  async write(log: (line: string) => void): Promise<void> {
    const data = this.#data;
    if (data === null) return log('warning: no page is written: there was no event');
    const { pageText } = await import('./page/page.ts');
    writing(this.#file, () => replaceFile(this.#file, pageText(data, this.#title)));
    log(`written: ${this.#file}`);
  }
}
