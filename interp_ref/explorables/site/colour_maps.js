// Colour-map honesty: one map of class cat in three tables of colours and on two scales, and what you believe.
"use strict";
{
  const ALL = ["A", "B", "C", "D"];
  const SCALES = { picture: "each picture its own scale", batch: "one scale" };

  /** The colours as the eye reads their lightness: grey of the same luminance (WCAG's formula for sRGB). */
  const greys = (colours) => {
    const linear = (one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4);
    const back = (one) => 255 * (one <= 0.0031308 ? 12.92 * one : 1.055 * one ** (1 / 2.4) - 0.055);
    return colours.map((_, at) => {
      const first = at - (at % 3), [red, green, blue] = [0, 1, 2].map((k) => linear(colours[first + k]));
      return back(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    });
  };

  /** The two ends of a scale; of the diverging colours 0 is the middle. */
  const ends = (values, diverging) => {
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    return diverging ? [-explorable.reach(values), explorable.reach(values)] : [low, high];
  };

  /** Fewer than four pictures: their figures and choices go. */
  const takeAway = (part, letters) => letters.forEach((letter) => {
    part(letter).closest("figure").remove();
    part("belief").querySelector(`input[value="${letter}"]`).closest("label").remove();
  });

  const prepare = async (data, part) => {
    const all = explorable.unpack(data.maps), images = await Promise.all(data.images.map(explorable.picture));
    const letters = ALL.slice(0, images.length), places = all.length / images.length, side = data.side ?? Math.sqrt(places);
    const maps = letters.map((_, n) => all.subarray(n * places, (n + 1) * places));
    const evidence = data.logits ?? maps.map((map) => map.reduce((sum, value) => sum + value, 0) / places);
    const most = evidence.indexOf(Math.max(...evidence)), best = letters[most];
    takeAway(part, ALL.slice(images.length));
    const tables = Object.fromEntries(Object.entries(data.tables).map(([name, of]) => [name, explorable.unpack(of)]));
    const grey = Object.fromEntries(Object.entries(tables).map(([name, of]) => [name, greys(of)]));
    const beliefs = new Map();

    const drawOne = (state, n) => {
      const letter = letters[n], colours = (state.lightness ? grey : tables)[state.colours];
      const [low, high] = ends(state.scale === "batch" ? all : maps[n], state.colours === "diverging");
      const image = state.pictures ? images[n] : null;
      explorable.heat(part(letter), { image, values: maps[n], side, colours, low, high });
      const numbers = [low, high].map((one) => (state.numbers ? explorable.signed(one, 1) : ""));
      explorable.bar(part(`bar-${letter}`), colours, ...numbers);
      const [least, largest] = ends(maps[n], false).map((one) => explorable.signed(one, 1));
      explorable.describe(part(letter), `Map of picture ${letter}: from ${least} to ${largest}, ` +
        `largest at ${explorable.largestPlace(maps[n], side)}; on this scale its largest value has the colour at ` +
        `${Math.round((100 * (ends(maps[n], false)[1] - low)) / (high - low))} % of the bar.`);
    };

    /** The answer to a belief: what the maps say, whatever their colours. */
    const reply = (state) => {
      if (state.belief === "none") return "No answer yet.";
      const setting = `${state.colours}, ${SCALES[state.scale]}${state.lightness ? ", lightness alone" : ""}`;
      beliefs.set(setting, state.belief);
      const items = [...beliefs].map(([of, letter]) => Object.assign(document.createElement("li"), { textContent: `${of}: ${letter}` }));
      part("beliefs").replaceChildren(...items);
      const reach = (n) => explorable.signed(ends(maps[n], false)[1], 1);
      const numbers = evidence.map((one, of) => `${letters[of]} ${explorable.signed(one)}`).join(", ");
      return `You say ${state.belief}, whose map reaches ${reach(letters.indexOf(state.belief))}. ` +
        `The ${data.logits ? "logits of the class" : "means of the maps"} are ${numbers}: ${best} has the most evidence` +
        (state.belief === best ? "." : `, and its map reaches ${reach(most)}. Change the scale, then answer again.`);
    };

    return (state) => {
      letters.forEach((_, n) => drawOne(state, n));
      return `${state.colours}, ${SCALES[state.scale]}. ${reply(state)}`;
    };
  };

  explorable.start("colour_maps", prepare);
}
