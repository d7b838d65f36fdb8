/** An emitter that calls a visitor: for consumers that are not hot enough to write code of their own. */
import type { Constant, Emitter } from './emit.ts';

/** The consumer's state `s` is the visitor. */
export function visitorEmitter(constant: Constant): Emitter {
  const name = (text: string): string => JSON.stringify(text);
  return {
    beginScope: (scope, root) => `s.beginScope(${name(scope)}, ${constant(root)});`,
    endScope: (scope) => `s.endScope(${name(scope)});`,
    integer: (field, label, value) => `s.integer(${constant(field)}, ${name(label)}, ${value});`,
    wide: (field, label, low, high) => `s.wide(${constant(field)}, ${name(label)}, ${low}, ${high});`,
    float: (field, label, value) => `s.float(${constant(field)}, ${name(label)}, ${value});`,
    string: (field, label, start, end) => `s.string(${constant(field)}, ${name(label)}, u8, ${start}, ${end});`,
    blob: (field, label, start, end) => `s.blob(${constant(field)}, ${name(label)}, u8, ${start}, ${end});`,
    beginStruct: (field, label) => `s.beginStruct(${constant(field)}, ${name(label)});`,
    endStruct: (field) => `s.endStruct(${constant(field)});`,
    beginArray: (field, label, length) => `s.beginArray(${constant(field)}, ${name(label)}, ${length});`,
    endArray: (field) => `s.endArray(${constant(field)});`,
    absent: (field, label) => `s.absent(${constant(field)}, ${name(label)});`,
    option: (field, label, index) => `s.option(${constant(field)}, ${name(label)}, ${index});`,
  };
}
