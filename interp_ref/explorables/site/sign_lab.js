// The sign lab: on a pooled head Grad-CAM of any f(logits) is ReLU(sum_d df/dz_d M_d) / Z, here for three f.
"use strict";
{
  const NOTCHES = 20;
  const KINDS = { score: "the score", loss: "the loss", probability: "the probability" };

  /** Weights and bias times this: 0.1 at the left end, 1 at notch 20, 100 at the right end. */
  const factorAt = (notch) => 10 ** ((notch - NOTCHES) / NOTCHES);

  /** df/dz_d for both classes d, in float32 as a network computes it: p rounds to 1 before 1 - p is 0. */
  const slopes = (chances, asked) => {
    const one = (d) => (d === asked ? 1 : 0);
    const [p, q] = chances.map(Math.fround);
    return {
      score: [one(0), one(1)],
      loss: [Math.fround(p - one(0)), Math.fround(q - one(1))],
      probability: [p, q].map((other, d) => Math.fround([p, q][asked] * Math.fround(one(d) - other))),
    };
  };

  const gradCam = ([first, second], maps, factor) => Float32Array.from({ length: maps.length / 2 }, (_, place) =>
    Math.max(0, (2 * factor * (first * maps[place] + second * maps[maps.length / 2 + place])) / maps.length));

  const short = (value) => (value === 0 || value >= 0.001 ? value.toFixed(3) : value.toExponential(1).replace("-", "−"));

  const prepare = async (data, part) => {
    const colours = explorable.unpack(data.colours), pictures = {};
    for (const [name, one] of Object.entries(data.pictures)) {
      pictures[name] = { image: await explorable.picture(one.image), logits: one.logits,
        maps: explorable.unpack(one.maps), where: one.where && explorable.unpack(one.where) };
    }
    if (data.titles) explorable.choices(part("sure").form, "picture", data.titles);
    const sideOf = (map) => data.side ?? Math.sqrt(map.length);

    /** How much of a map lies on the cat and on the dog, in percent; null where the map is zero. */
    const shares = (map, where) => {
      const whole = map.reduce((sum, value) => sum + value, 0);
      const on = (c) => map.reduce((sum, value, place) => sum + value * where[c * map.length + place], 0);
      return whole > 0 ? data.names.map((_, c) => Math.round((100 * on(c)) / whole)) : null;
    };

    const describe = (kind, map, where) => {
      const largest = explorable.reach(map), on = where && shares(map, where);
      const place = where ? on && `; ${on[0]} % on the cat, ${on[1]} % on the dog` :
        `, at ${explorable.largestPlace(map, sideOf(map))}`;
      return `Gradient of ${KINDS[kind]}: ` +
        (largest > 0 ? `largest ${short(largest)}${place}` : "zero everywhere, nothing is left to show");
    };

    const drawOne = (kind, map, { image, where }, high) => {
      const words = describe(kind, map, where);
      explorable.heat(part(kind), { image, values: map, side: sideOf(map), colours, low: 0, high });
      part(`${kind}-title`).textContent = `${words}.`;
      explorable.describe(part(kind), words);
      return `${words}.`;
    };

    return (state) => {
      const shown = pictures[state.picture], asked = data.names.indexOf(state.asked), factor = factorAt(state.sure);
      const chances = explorable.softmax(shown.logits.map((one) => factor * one));
      const maps = Object.entries(slopes(chances, asked)).map(([kind, of]) => [kind, gradCam(of, shown.maps, factor)]);
      const most = Math.max(...maps.map(([, map]) => explorable.reach(map)));
      const said = maps.map(([kind, map]) => drawOne(kind, map, shown, state.stretched ? explorable.reach(map) : most));
      part("factor").textContent = factor.toPrecision(2);
      explorable.value(part("sure"), `times ${factor.toPrecision(2)}`);
      part("sure-words").textContent = `Probability of ${state.asked}: ${chances[asked].toPrecision(4)}`;
      explorable.bar(part("bar"), colours, "0", state.stretched ? "largest of each map" : short(most));
      return `Asked for ${state.asked}, probability ${chances[asked].toPrecision(4)}. ${said.join(" ")}`;
    };
  };

  explorable.start("sign_lab", prepare);
}
