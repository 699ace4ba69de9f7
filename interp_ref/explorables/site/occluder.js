// Drag an occluder: scores that VGG16 gave to covered pictures, beside the fall that Grad-CAM predicts.
"use strict";
{
  const GRID = 14, CELL = 16, PLACES = GRID * GRID, WIDTH = GRID * CELL;

  /** The pixels of one side of the occluder, as far as they lie in the picture. */
  const span = (place, size) => {
    const centre = CELL * place + CELL / 2;
    return [Math.max(0, centre - size / 2), Math.min(WIDTH, centre + size / 2)];
  };

  /** How much of each of the 14 cells of one side the occluder covers, 0..1. */
  const covers = (place, size) => {
    const [from, to] = span(place, size);
    return Float64Array.from({ length: GRID }, (_, cell) =>
      Math.max(0, Math.min(to, CELL * (cell + 1)) - Math.max(from, CELL * cell)) / CELL);
  };

  /** Grad-CAM's prediction at each place: the part of the score's mean that lies below the occluder. */
  const predictions = (map, size) => Float64Array.from({ length: PLACES }, (_, place) => {
    const rows = covers(Math.floor(place / GRID), size), columns = covers(place % GRID, size);
    return map.reduce((sum, value, at) => sum + value * rows[Math.floor(at / GRID)] * columns[at % GRID], 0) / PLACES;
  });

  const correlation = (first, second) => {
    const centred = [first, second].map((of) => {
      const mean = of.reduce((a, b) => a + b) / of.length;
      return of.map((value) => value - mean);
    });
    const product = (a, b) => a.reduce((sum, value, n) => sum + value * b[n], 0);
    return product(...centred) / Math.sqrt(product(centred[0], centred[0]) * product(centred[1], centred[1]));
  };

  const readPicture = async (packed, data) => {
    const map = explorable.unpack(packed.map).map((value) => Math.max(0, value));
    const scores = explorable.unpack(packed.scores);
    const settings = {};
    data.fills.forEach((fill, f) => data.sizes.forEach((size, s) => {
      const at = (f * data.sizes.length + s) * PLACES;
      const fell = Float64Array.from(scores.subarray(at, at + PLACES), (score) => packed.score - score);
      const predicted = predictions(map, size);
      settings[`${fill} ${size}`] = { fell, predicted, correlation: correlation(predicted, fell) };
    }));
    return { image: await explorable.picture(packed.image), blurred: await explorable.picture(packed.blurred),
      map, score: packed.score, settings };
  };

  /** The form's sliders follow a finger or the mouse on the picture. */
  const followPointer = (canvas, form) => {
    const place = (offset, length) => Math.min(GRID, Math.max(1, Math.floor((GRID * offset) / length) + 1));
    const follow = (event) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      form.elements.row.value = place(event.clientY - top, height);
      form.elements.column.value = place(event.clientX - left, width);
      form.dispatchEvent(new Event("input"));
    };
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); follow(event); });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) follow(event); });
  };

  const prepare = async (data, part) => {
    const colours = explorable.unpack(data.colours), pictures = {};
    const form = part("picture").closest(".stage").querySelector("form");
    if (data.choices) explorable.choices(form, "picture", data.choices);
    for (const [name, packed] of Object.entries(data.pictures)) pictures[name] = await readPicture(packed, data);
    followPointer(part("picture"), form);
    let drawn = null;

    const covering = (state) => {
      const [[top, bottom], [left, right]] = [span(state.row - 1, state.size), span(state.column - 1, state.size)];
      return [left, top, right - left, bottom - top];
    };

    const drawPicture = (state, shown) => {
      const context = part("picture").getContext("2d"), at = covering(state), large = at.map((one) => 2 * one);
      context.drawImage(shown.image, 0, 0, 2 * WIDTH, 2 * WIDTH);
      context.fillStyle = "rgb(128 128 128)";
      if (state.fill === "blur") context.drawImage(shown.blurred, ...at, ...large);
      else context.fillRect(...large);
      outline(context, large);
    };

    const outline = (context, place) => {
      for (const [colour, width] of [["#000", 5], ["#fff", 2]]) {
        [context.strokeStyle, context.lineWidth] = [colour, width];
        context.strokeRect(...place);
      }
    };

    /** 196 dots, drawn anew where another setting asks for others. */
    const drawChart = (state, { fell, predicted }, place) => {
      const low = Math.min(0, ...fell, ...predicted), high = Math.max(...fell, ...predicted);
      const along = (value) => 14 + (420 * (value - low)) / (high - low), up = (value) => 448 - along(value);
      const chart = part("chart"), setting = `${state.picture} ${state.fill} ${state.size}`;
      if (drawn !== setting) {
        chart.querySelector("g").innerHTML = Array.from(fell, (value, n) =>
          `<circle class="dot" r="4" cx="${along(predicted[n]).toFixed(1)}" cy="${up(value).toFixed(1)}"/>`).join("");
        Object.entries({ x1: along(low), y1: up(low), x2: along(high), y2: up(high) })
          .forEach(([name, value]) => chart.querySelector(".zero").setAttribute(name, value));
        drawn = setting;
      }
      chart.querySelector(".here").setAttribute("cx", along(predicted[place]));
      chart.querySelector(".here").setAttribute("cy", up(fell[place]));
    };

    return (state) => {
      const place = (state.row - 1) * GRID + state.column - 1;
      state.size = Number(state.size);
      const shown = pictures[state.picture];
      const setting = shown.settings[`${state.fill} ${state.size}`], fell = setting.fell[place];
      drawPicture(state, shown);
      part("class").textContent = state.picture;
      explorable.heat(part("map"), { image: shown.image, values: shown.map, side: GRID, colours, low: 0, high: explorable.reach(shown.map) });
      outline(part("map").getContext("2d"), covering(state).map((one) => 2 * one));
      drawChart(state, setting, place);
      const numbers = { whole: shown.score, covered: shown.score - fell, fell, predicted: setting.predicted[place], correlation: setting.correlation };
      for (const [name, value] of Object.entries(numbers)) part(name).textContent = explorable.signed(value);
      const at = `row ${state.row}, column ${state.column}`;
      explorable.describe(part("picture"), `The ${state.picture} with a ${state.fill} square of ${state.size} pixels at ${at}.`);
      explorable.describe(part("map"), `Grad-CAM of the ${state.picture}, largest at ${explorable.largestPlace(shown.map, GRID)}.`);
      explorable.describe(part("chart"), `196 places: the largest measured fall is ${explorable.signed(Math.max(...setting.fell))}, ` +
        `the largest predicted one ${explorable.signed(Math.max(...setting.predicted))}; correlation ${explorable.signed(setting.correlation)}.`);
      return `Covered at ${at}: the score of ${state.picture} fell by ${explorable.signed(fell)}, from ${explorable.signed(shown.score)} to ` +
        `${explorable.signed(shown.score - fell)}. Grad-CAM predicted ${explorable.signed(numbers.predicted)}. ` +
        `Correlation over all places ${explorable.signed(setting.correlation)}.`;
    };
  };

  explorable.start("occluder", prepare);
}
