import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesOf } from './compile.ts';
import type { Expression } from './expression.ts';
import { globPattern } from './glob.ts';
import { parseCaptures, parsePeriod } from './parse.ts';
import { definePeriods, oldPeriod } from './registry.ts';
import { compares } from './values.ts';

/** An expression as text that shows how it was understood. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case 'not':
      return `!${shown(expression.operand)}`;
    case 'compare': {
      const { left, operator, right } = expression;
      const other = right.kind === 'reference' ? right.reference.text : JSON.stringify(right.value);
      return `${left.text}${operator}${other}`;
    }
    default:
      return `(${expression.operands.map(shown).join(expression.kind === 'and' ? '&' : '|')})`;
  }
}

test('the examples of the documentation of lttng-analyses', () => {
  const first = parsePeriod('switch : $evt.$name == "sched_switch"');
  assert.equal(first.name, 'switch');
  assert.equal(first.begin, first.end);
  const second = parsePeriod(`switch
    : $evt.$name == "sched_switch" &&
      $evt.next_tid != 0
    : $evt.$name == "sched_switch" &&
      $evt.prev_tid == $begin.$evt.next_tid &&
      $evt.cpu_id == $begin.$evt.cpu_id`);
  assert.equal(shown(second.begin), '($evt.$name=="sched_switch"&$evt.next_tid!=0)');
  assert.equal(
    shown(second.end),
    '($evt.$name=="sched_switch"&$evt.prev_tid==$begin.$evt.next_tid&$evt.cpu_id==$begin.$evt.cpu_id)',
  );
  const third = parsePeriod(`irq(switch)
    : $evt.$name =* "irq_*_entry" && $evt.cpu_id == $parent.$begin.$evt.cpu_id
    : $evt.$name == "irq_handler_exit" && $evt.cpu_id == $begin.$evt.cpu_id`);
  assert.equal(third.parent, 'switch');
  const fourth = parsePeriod(`hello
    : $evt.$name =* "hello*" && $evt.$name != "hello world"
    : $evt.$name == $begin.$evt.$name && $evt.$header.theid <= 231`);
  assert.equal(shown(fourth.end), '($evt.$name==$begin.$evt.$name&$evt.$header.theid<=231)');
});

test('precedence, brackets, numbers, texts', () => {
  const begin = (text: string): string => shown(parsePeriod(`: ${text}`).begin);
  assert.equal(begin('$evt.a == 1 || $evt.b == 2 && !$evt.c == 3'), '($evt.a==1|($evt.b==2&!$evt.c==3))');
  assert.equal(begin('($evt.a == 1 || $evt.b == 2) && $evt.c == 3'), '(($evt.a==1|$evt.b==2)&$evt.c==3)');
  assert.equal(begin('!($evt.a == 1 && $evt.b == 2)'), '!($evt.a==1&$evt.b==2)');
  assert.equal(begin('$evt.a == -18.28'), '$evt.a==-18.28');
  assert.equal(begin('$evt.a == 7.2e9'), '$evt.a==7200000000');
  // lttng-analyses read only what was behind the last slash.
  assert.equal(begin('$evt.filename == "/etc/passwd"'), '$evt.filename=="/etc/passwd"');
  assert.equal(begin(String.raw`$evt.a == "say \"no\" \\ "`), String.raw`$evt.a=="say \"no\" \\ "`);
});

test('what is wrong is told with its column', () => {
  const column = (text: string): number => {
    try {
      parsePeriod(text);
    } catch (error) {
      const { code, where } = error as { code: string; where: string };
      assert.equal(code, 'TT_BAD_PERIOD');
      const [, at] = /^column (\d+) of /.exec(where)!;
      // The caret stands below the character.
      const [, below = ''] = where.split(/\n(?= *\^)/);
      assert.equal(below.length, `     column ${at} of `.length + Number(at));
      return Number(at);
    }
    assert.fail(`${text} is right`);
  };
  assert.equal(column('a : $evt.x ~ 3'), 12);
  assert.equal(column('a : $evt.x == "b'), 15);
  assert.equal(column('a : $evt.x'), 11);
  assert.equal(column('a(b : $evt.x == 1'), 5);
  assert.equal(column('a : $parent.$evt.x == 1'), 13);
  assert.equal(column('a : $evt.$wrong.x == 1'), 10);
  assert.equal(column('a : $evt.x == 1 : $evt.y == 2 : '), 31);
  assert.equal(column('a : ($evt.x == 1'), 17);
  assert.equal(column('a : $evt.x =* 3'), 12);
  assert.equal(column(' '), 1);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      try {
        parsePeriod(text);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'TT_BAD_PERIOD');
      }
    }),
  );
});

test('captures', () => {
  const { name, begin, end } = parseCaptures('switch : $evt.next_tid, name = $evt.$name, id = $parent.$begin.$evt.id');
  assert.equal(name, 'switch');
  assert.deepEqual(
    begin.map((capture) => [capture.name, capture.reference.text]),
    [
      ['$evt.next_tid', '$evt.next_tid'],
      ['name', '$evt.$name'],
      ['id', '$parent.$begin.$evt.id'],
    ],
  );
  assert.deepEqual(end, []);
  assert.deepEqual(
    parseCaptures('open : : fd = $evt.ret').end.map((capture) => capture.name),
    ['fd'],
  );
  assert.throws(() => parseCaptures('a : x = $evt.a, x = $evt.b'), { code: 'TT_BAD_PERIOD' });
});

test('definitions fit each other', () => {
  const one = 'a : $evt.x == 1';
  assert.throws(() => definePeriods([one, one], []), /two periods 'a'/);
  assert.throws(() => definePeriods(['b(a) : $evt.x == 1', one], []), /no period 'a'/);
  assert.throws(() => definePeriods([one], ['b : $evt.x']), /no period 'b'/);
  assert.throws(() => definePeriods(['a : $evt.x == $parent.$begin.$evt.x'], []), /has none/);
  const [a, b] = definePeriods([one, 'b(a) : $evt.x == $parent.$begin.$evt.x'], ['a : y = $evt.y']);
  assert.deepEqual(a!.children, [b]);
  assert.equal(a!.beginCaptures[0]!.name, 'y');
});

test('the old options as a definition', () => {
  const make = (options: object): string => {
    const none = { end: undefined, beginKey: [], endKey: [], keyValue: [] };
    const { begin, end } = parsePeriod(oldPeriod({ begin: 'first', ...none, ...options }));
    return `${shown(begin)} ${shown(end)}`;
  };
  assert.equal(make({}), '$evt.$name=="first" ($evt.$name=="first"&$evt.cpu_id==$begin.$evt.cpu_id)');
  assert.equal(
    make({ end: 'last', beginKey: ['a', 'b'], endKey: ['c', 'd'], keyValue: ['1', 'x'] }),
    '($evt.$name=="first"&$begin.$evt.a==1&$begin.$evt.b=="x") ($evt.$name=="last"&$evt.c==$begin.$evt.a&$evt.d==$begin.$evt.b)',
  );
});

test('comparisons: nothing holds of a field that is not there, nor of a text beside a number', () => {
  for (const operator of ['==', '!=', '<', '<=', '>', '>='] as const) {
    assert.equal(compares(operator, undefined, 1), false);
    assert.equal(compares(operator, 1, undefined), false);
    assert.equal(compares(operator, 'a', 1), false);
    assert.equal(compares(operator, 1, 'a'), false);
  }
  assert.equal(compares('==', 3n, 3), true);
  assert.equal(compares('!=', 3n, 4), true);
  assert.equal(compares('==', 0xff1100013cb235c0n, 0xff1100013cb235c1n), false);
  // lttng-analyses cut the fraction off: 5 < 5.7 was false.
  assert.equal(compares('<', 5, 5.7), true);
  assert.equal(compares('==', 5, 5.7), false);
});

test('patterns as fnmatch', () => {
  const fits = (pattern: string, text: string): boolean => globPattern(pattern).test(text);
  assert.ok(fits('irq_*_entry', 'irq_handler_entry'));
  assert.ok(!fits('irq_*', 'xirq_a'));
  assert.ok(fits('a?c', 'abc'));
  assert.ok(!fits('a?c', 'ac'));
  assert.ok(fits('[abc]x', 'bx'));
  assert.ok(!fits('[!abc]x', 'bx'));
  assert.ok(fits('[!abc]x', 'dx'));
  assert.ok(fits('[]]', ']'));
  assert.ok(fits('a[', 'a['));
  assert.ok(fits('a.c', 'a.c'));
  assert.ok(!fits('a.c', 'abc'));
  assert.ok(fits('/etc/*', '/etc/a\nb'));
  assert.ok(!fits('[z-a]', 'b'));
});

test('names of events that an expression can be true for', () => {
  const wants = (text: string, name: string): boolean => namesOf(parsePeriod(`: ${text}`).begin)?.(name) ?? true;
  const either = '$evt.$name == "a" && $evt.x == 1 || $evt.$name =* "b*"';
  assert.deepEqual(
    ['a', 'b1', 'c'].map((name) => wants(either, name)),
    [true, true, false],
  );
  assert.ok(wants('!($evt.$name == "a")', 'c'));
  assert.ok(wants('$evt.$name == "a" || $evt.x == 1', 'c'));
  assert.ok(wants('$begin.$evt.$name == "a"', 'c'));
});
