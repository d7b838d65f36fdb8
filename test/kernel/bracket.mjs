/**
 * A busy machine may delay a witness between what it does and when it looks at its clock. So where the two are apart, the
 * witness looks before and after, and a measured delay has to lie between: with the tolerance of `agrees`.
 */
export function between(delay_ns, low_ns, high_ns) {
  const tolerance = (ns) => Math.max(0.05 * ns, 200_000);
  return delay_ns >= low_ns - tolerance(low_ns) && delay_ns <= high_ns + tolerance(high_ns);
}
