// Randomise the network: the maps of four methods at 15 stops, and what is left of their order of pixels.
"use strict";
{
  const TITLES = { grad_cam: "Grad-CAM", saliency: "Saliency", guided: "Guided backpropagation", random: "Random numbers" };

  const readPicture = async (packed) => {
    const methods = Object.entries(packed.methods).map(([name, one]) => [name, { ...one, all: explorable.unpack(one.maps) }]);
    return { image: await explorable.picture(packed.image), methods: Object.fromEntries(methods) };
  };

  const prepare = async (data, part) => {
    const colours = explorable.unpack(data.colours), pictures = {}, titles = data.titles ?? TITLES;
    const stops = data.stops.length, slider = part("stop");
    slider.max = stops - 1;
    part("count").textContent = stops - 1;
    Object.keys(TITLES).filter((name) => !(name in titles)).forEach((name) => part(name).closest("figure").remove());
    if (data.choices) explorable.choices(slider.form, "picture", data.choices);
    for (const [name, packed] of Object.entries(data.pictures)) pictures[name] = await readPicture(packed);
    explorable.bar(part("bar"), colours, "0", "largest of each map");

    const drawOne = (name, one, stop) => {
      const count = one.all.length / stops, values = one.all.subarray(stop * count, (stop + 1) * count);
      const words = one.empty[stop] ? "zero everywhere" :
        `correlation with the trained network's map ${explorable.signed(one.correlations[stop])}`;
      explorable.heat(part(name), { values, side: one.side, colours, low: 0, high: 1 });
      part(`${name}-title`).textContent = `${titles[name]}: ${words}`;
      explorable.describe(part(name), `${titles[name]}: ${words}` +
        (one.empty[stop] ? "." : `; largest at ${explorable.largestPlace(values, one.side)} of ${one.side}.`));
      return `${titles[name]}: ${one.empty[stop] ? "zero everywhere" : explorable.signed(one.correlations[stop])}`;
    };

    return (state) => {
      const shown = pictures[state.picture];
      const said = Object.entries(shown.methods).map(([name, one]) => drawOne(name, one, state.stop));
      part("picture").getContext("2d").drawImage(shown.image, 0, 0, 224, 224);
      part("layer").textContent = state.stop ? `down to ${data.stops[state.stop]}` : "the trained network";
      explorable.value(slider, `${state.stop}, ${part("layer").textContent}`);
      return `${state.stop} of ${stops - 1} layers are random. Correlation with the map of the trained network: ${said.join("; ")}.`;
    };
  };

  explorable.start("randomise", prepare);
}
