/**
 * Periods as windows: which are open, which begin and end with an event.
 *
 * At an event first the open ones are judged, children before their parents; one that ends closes the children that it
 * still has (they are not complete). Then new ones begin: roots, and children in every open instance of their parent.
 */
import type { EventType, FieldValue, TraceEvent } from '../../trace/event.ts';
import type { PeriodInstance, Window } from '../report.ts';
import type { WindowPolicy, Windows } from '../run.ts';
import { type Context, compile, type Kept, keyOf, type Matcher, namesOf, resolver } from './compile.ts';
import type { Capture, PeriodDefinition, Reference } from './expression.ts';
import { referencesOf } from './registry.ts';
import { ReferenceReader } from './values.ts';

/** Instances that are open at once. A definition that never ends would fill the memory. */
export const MAX_OPEN_PERIODS = 65_536;

interface Capturing {
  readonly name: string;
  readonly resolve: (context: Context) => FieldValue | undefined;
}

/** A definition, ready to be judged. */
class Definition {
  /** Instances that were opened. */
  begun = 0;
  readonly name: string;
  readonly path: string;
  readonly begins: Matcher;
  readonly ends: Matcher;
  readonly canBegin: (name: string) => boolean;
  readonly canEnd: (name: string) => boolean;
  readonly children: readonly Definition[];
  readonly #beginCaptures: readonly Capturing[];
  readonly #endCaptures: readonly Capturing[];
  /** What must be kept of an instance's first event. */
  readonly #kept: readonly { readonly key: string; readonly reader: ReferenceReader }[];
  readonly #keys: readonly string[];
  /** Kinds of events that can begin or end it. */
  readonly #beginning = new Map<EventType, boolean>();
  readonly #ending = new Map<EventType, boolean>();

  constructor(definition: PeriodDefinition, parentPath: string) {
    const { name, begin, end, beginCaptures, endCaptures, children } = definition;
    this.name = name;
    this.path = parentPath === '' ? name : `${parentPath}/${name}`;
    this.begins = compile(begin);
    this.ends = compile(end);
    this.canBegin = namesOf(begin) ?? ((): boolean => true);
    this.canEnd = namesOf(end) ?? ((): boolean => true);
    this.#beginCaptures = beginCaptures.map(capturing);
    this.#endCaptures = endCaptures.map(capturing);
    const own = [...referencesOf(end), ...endCaptures.map(({ reference }) => reference)];
    const ofChildren = children.flatMap((child) => [
      ...referencesOf(child.begin),
      ...referencesOf(child.end),
      ...[...child.beginCaptures, ...child.endCaptures].map(({ reference }) => reference),
    ]);
    const asked = [
      ...own.filter(({ source }) => source === 'begin'),
      ...ofChildren.filter(({ source }) => source === 'parent'),
    ];
    const byKey = new Map<string, Reference>(asked.map((reference) => [keyOf(reference), reference]));
    this.#keys = [...byKey.keys()];
    this.#kept = [...byKey].map(([key, reference]) => ({ key, reader: new ReferenceReader(reference) }));
    this.children = children.map((child) => new Definition(child, this.path));
  }

  mayBegin(type: EventType): boolean {
    let may = this.#beginning.get(type);
    if (may === undefined) {
      may = this.canBegin(type.name);
      this.#beginning.set(type, may);
    }
    return may;
  }

  mayEnd(type: EventType): boolean {
    let may = this.#ending.get(type);
    if (may === undefined) {
      may = this.canEnd(type.name);
      this.#ending.set(type, may);
    }
    return may;
  }

  open(context: Context, parent: Instance | null): Instance {
    const kept = this.#kept.map(({ reader }) => reader.read(context.event));
    return new Instance(this, parent, new KeptValues(this.#keys, kept), captured(this.#beginCaptures, context));
  }

  captureEnd(instance: Instance, context: Context): void {
    instance.endCaptures = captured(this.#endCaptures, context);
  }
}

/** A few values by name: a Map for each period would take several times the memory. */
class KeptValues implements Kept {
  readonly #keys: readonly string[];
  readonly #values: readonly (FieldValue | undefined)[];

  constructor(keys: readonly string[], values: readonly (FieldValue | undefined)[]) {
    this.#keys = keys;
    this.#values = values;
  }

  get(key: string): FieldValue | undefined {
    const at = this.#keys.indexOf(key);
    return at < 0 ? undefined : this.#values[at];
  }
}

function capturing({ name, reference }: Capture): Capturing {
  return { name, resolve: resolver(reference) };
}

type Captured = ReadonlyMap<string, FieldValue | undefined>;
const NOTHING: Captured = new Map();

function captured(captures: readonly Capturing[], context: Context): Captured {
  return captures.length === 0 ? NOTHING : new Map(captures.map(({ name, resolve }) => [name, resolve(context)]));
}

/** Nothing is ever added to it. */
const CHILDLESS: Instance[] = [];

export class Instance implements PeriodInstance {
  readonly definition: Definition;
  readonly parent: Instance | null;
  readonly kept: Kept;
  readonly beginCaptures: Captured;
  endCaptures: Captured = NOTHING;
  completed = false;
  /** Those that are open. */
  children: Instance[];
  window: Window | null = null;
  known: PeriodInstance['known'] = null;

  constructor(definition: Definition, parent: Instance | null, kept: Kept, beginCaptures: Captured) {
    this.definition = definition;
    this.children = definition.children.length > 0 ? [] : CHILDLESS;
    this.parent = parent;
    this.kept = kept;
    this.beginCaptures = beginCaptures;
  }

  get name(): string {
    return this.definition.name;
  }

  get path(): string {
    return this.definition.path;
  }
}

export class PeriodWindows implements WindowPolicy {
  /** Periods that did not begin because too many were open. */
  dropped = 0;
  readonly #roots: readonly Definition[];
  readonly #begin: number;
  readonly #end: number;
  /** Kinds of events that can begin or end anything. */
  readonly #relevant = new Map<EventType, boolean>();
  #open: Instance[] = [];
  #count = 0;

  /** @param begin, end times since the origin between which periods begin */
  constructor(
    definitions: readonly PeriodDefinition[],
    begin: number = Number.NEGATIVE_INFINITY,
    end: number = Number.POSITIVE_INFINITY,
  ) {
    this.#roots = definitions.filter(({ parent }) => parent === null).map((one) => new Definition(one, ''));
    this.#begin = begin;
    this.#end = end;
  }

  /** Whether events of this name can matter: the others need not be read. */
  wants(name: string): boolean {
    const wanted = (definition: Definition): boolean =>
      definition.canBegin(name) || definition.canEnd(name) || definition.children.some(wanted);
    return this.#roots.some(wanted);
  }

  before(event: TraceEvent, windows: Windows): boolean {
    const { time, type } = event;
    if (time > this.#end) return false;
    if (time < this.#begin) return true;
    let relevant = this.#relevant.get(type);
    if (relevant === undefined) {
      relevant = this.wants(type.name);
      this.#relevant.set(type, relevant);
    }
    if (relevant) {
      if (this.#open.length > 0) this.#open = this.#endAmong(this.#open, event, windows);
      this.#beginAmong(this.#roots, this.#open, null, event, windows);
    }
    return true;
  }

  finish(windows: Windows, last: number): void {
    for (const instance of this.#open) this.#close(instance, last, false, windows);
    this.#open = [];
  }

  /** @returns those that stay open */
  #endAmong(instances: Instance[], event: TraceEvent, windows: Windows): Instance[] {
    let ended = false;
    for (const instance of instances) {
      if (instance.children.length > 0) instance.children = this.#endAmong(instance.children, event, windows);
      const { definition, kept, parent } = instance;
      if (!definition.mayEnd(event.type)) continue;
      const context = { event, begin: kept, parent: parent?.kept ?? null };
      if (!definition.ends(context)) continue;
      definition.captureEnd(instance, context);
      this.#close(instance, event.time, true, windows);
      ended = true;
    }
    return ended ? instances.filter(({ window }) => window !== null) : instances;
  }

  #close(instance: Instance, time: number, completed: boolean, windows: Windows): void {
    for (const child of instance.children) this.#close(child, time, false, windows);
    instance.children = CHILDLESS;
    instance.completed = completed;
    const window = instance.window!;
    window.end = time;
    windows.close(window);
    instance.window = null;
    this.#count--;
  }

  /**
   * What must be told at the end, one sentence each.
   *
   * @param names of all events that there may have been; null: they are not known
   */
  warnings(names: readonly string[] | null): string[] {
    const told = this.dropped > 0 ? [`${this.dropped} periods did not begin: too many were open`] : [];
    const look = ({ begun, path, canBegin, children }: Definition): void => {
      if (begun > 0) {
        children.forEach(look);
        return;
      }
      const isUnknown = names !== null && !names.some(canBegin);
      const why = isUnknown ? 'the trace has no event of that name' : 'no event was what it begins with';
      told.push(`the period ${path === '' ? 'without name' : `'${path}'`} never began: ${why}`);
    };
    this.#roots.forEach(look);
    return told;
  }

  #beginAmong(
    definitions: readonly Definition[],
    siblings: Instance[],
    parent: Instance | null,
    event: TraceEvent,
    windows: Windows,
  ): void {
    for (const definition of definitions) {
      if (!definition.mayBegin(event.type)) continue;
      const context = { event, begin: null, parent: parent?.kept ?? null };
      if (!definition.begins(context)) continue;
      if (this.#count >= MAX_OPEN_PERIODS) {
        this.dropped++;
        continue;
      }
      const instance = definition.open(context, parent);
      definition.begun++;
      instance.window = { begin: event.time, end: Number.NaN, period: instance };
      this.#count++;
      windows.open(instance.window);
      siblings.push(instance);
    }
    for (const sibling of siblings) {
      const { children } = sibling.definition;
      if (children.length > 0) this.#beginAmong(children, sibling.children, sibling, event, windows);
    }
  }
}
