/**
 * From field locations to the fields that they may mean (CTF2-SPEC-2.0, section 6.4.2), while a scope is being built.
 *
 *     payload { a, b { c, d[] ... <- here } }      frames: [{ members: [a], current: b }, { members: [c], current: d }]
 *
 * A name leads to a member that is built already, or to the one that is being built: then to the structure inside it
 * that is being built, whatever arrays, optionals and variants are between. Variants that are built already are followed
 * into every option; options in which the path ends early are left out, since the selector may always pick another.
 */
import type { TailtrapError } from '../../base/errors.ts';
import { insides, membersOf } from '../lookup.ts';
import {
  type FieldClass,
  type FieldReference,
  type IntegerClass,
  SCOPES,
  type Scope,
  type StructClass,
} from '../model.ts';
import { type Location, ORIGINS } from './nodes.ts';

/** Finished scopes. */
export type Scopes = Partial<Record<Scope, StructClass | null>>;

/** A structure that is being built. */
export interface FrameEntry {
  /** Those that are finished, by name. */
  readonly members: Map<string, FieldClass>;
  /** Name of the one that is being built. */
  current: string;
}

export function targetsOf(
  location: Location,
  scope: Scope,
  scopes: Scopes,
  frames: readonly FrameEntry[],
): FieldReference {
  const locator = new Locator(location, scope, scopes, frames);
  return { path: locator.shown, targets: locator.targets() };
}

class Locator {
  readonly shown: string;
  readonly #location: Location;
  readonly #scope: Scope;
  readonly #scopes: Scopes;
  readonly #frames: readonly FrameEntry[];

  constructor(location: Location, scope: Scope, scopes: Scopes, frames: readonly FrameEntry[]) {
    this.#location = location;
    this.#scope = scope;
    this.#scopes = scopes;
    this.#frames = frames;
    const origin = [...ORIGINS].find(([, candidate]) => candidate === location.origin)?.[0];
    this.shown = [...(origin === undefined ? [] : [origin]), ...location.path.map((name) => name ?? '..')].join('.');
  }

  #error(reason: string): TailtrapError {
    return this.#location.fragment.error(`'${this.shown}': ${reason}`, this.#location.at);
  }

  targets(): IntegerClass[] {
    const { origin } = this.#location;
    const found = this.#follow(origin ?? this.#scope, this.#absolute());
    const targets = new Set<IntegerClass>();
    for (const type of found) for (const target of insides(type)) targets.add(this.#integer(target));
    return [...targets];
  }

  #integer(type: FieldClass): IntegerClass {
    if (type.kind !== 'integer') throw this.#error(`a ${type.kind} is no length and no selector`);
    return type;
  }

  /** The path from the scope's root. `name, null` cancels out without a look at the member, as in other readers. */
  #absolute(): string[] {
    const { origin, path } = this.#location;
    const names = origin === null ? this.#frames.slice(0, -1).map((frame) => frame.current) : [];
    for (const name of path) {
      if (name !== null) names.push(name);
      else if (names.pop() === undefined) throw this.#error('no structure is around the outermost one');
    }
    return names;
  }

  /** What the names may lead to. */
  #follow(scope: Scope, names: readonly string[]): FieldClass[] {
    if (scope !== this.#scope) return this.#finished(membersOf(this.#rootOf(scope)), names);
    let level = 0;
    while (names[level] === this.#frames[level]?.current && level + 1 < Math.min(names.length, this.#frames.length)) {
      level++;
    }
    const frame = this.#frames[level]!;
    if (names[level] === frame.current) throw this.#error(`'${names[level]}' is not decoded before this`);
    return this.#finished(frame.members, names.slice(level));
  }

  #rootOf(scope: Scope): StructClass {
    if (SCOPES.indexOf(scope) > SCOPES.indexOf(this.#scope)) throw this.#error('this comes later in the data');
    const root = this.#scopes[scope];
    if (root === undefined || root === null) throw this.#error('there is no such structure here');
    return root;
  }

  #finished(members: ReadonlyMap<string, FieldClass>, names: readonly string[]): FieldClass[] {
    const [name, ...rest] = names;
    const member = members.get(name!);
    if (member === undefined) throw this.#error(`no member '${name}' stands before this`);
    let found: FieldClass[] = [member];
    for (const next of rest) {
      found = found.flatMap(insides).flatMap((type) => {
        if (type.kind === 'array') throw this.#error('an array that is complete has no current element');
        const inner = type.kind === 'struct' ? membersOf(type).get(next) : undefined;
        return inner === undefined ? [] : [inner];
      });
      if (found.length === 0) throw this.#error(`no member '${next}' stands before this`);
    }
    return found;
  }
}
