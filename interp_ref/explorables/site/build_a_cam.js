// Build a CAM: M_c = sum_k w_kc A_k, one k at a time, and what is left of logit = mean(M_c) + b_c.
"use strict";
{
  const CHANNELS = 512, SIDE = 14, PLACES = SIDE * SIDE;

  /** The maximum of 2 x 2 places, as VGG16's block5_pool takes it: [512, 196] to [512, 49]. */
  const pooled = (features) => {
    const side = SIDE / 2, result = new Float32Array(CHANNELS * side * side);
    for (let at = 0; at < result.length; at++) {
      const channel = Math.floor(at / (side * side)), row = Math.floor(at / side) % side, column = at % side;
      const corner = channel * PLACES + 2 * row * SIDE + 2 * column;
      result[at] = Math.max(...[0, 1, SIDE, SIDE + 1].map((step) => features[corner + step]));
    }
    return result;
  };

  /** Features of one kind with the mean of each map. */
  const measured = (features) => {
    const places = features.length / CHANNELS;
    const means = Float64Array.from({ length: CHANNELS }, (_, k) =>
      features.subarray(k * places, (k + 1) * places).reduce((sum, value) => sum + value, 0) / places);
    return { features, means, places, side: Math.sqrt(places) };
  };

  const readPicture = async (packed) => {
    const features = explorable.unpack(packed.features);
    return {
      image: await explorable.picture(packed.image),
      vector: explorable.unpack(packed.vector),
      whole: measured(features),
      afterPool: measured(pooled(features)),
    };
  };

  const dot = (weights, means) => weights.reduce((sum, weight, k) => sum + weight * means[k], 0);

  /** The channels by the size of what they give to the logit, the largest first. */
  const sorted = (weights, means) => {
    const size = weights.map((weight, k) => Math.abs(weight * means[k]));
    return [...weights.keys()].sort((a, b) => size[b] - size[a]);
  };

  const sumOf = (order, weights, { features, places }) => {
    const map = new Float32Array(places);
    for (const k of order) {
      for (let place = 0; place < places; place++) map[place] += weights[k] * features[k * places + place];
    }
    return map;
  };

  /** The residual after 0, 1, … 512 maps: what the chart shows. */
  const residuals = (start, order, weights, means) => {
    let left = start;
    return [left, ...order.map((k) => (left -= weights[k] * means[k]))];
  };

  const prepare = async (data, part) => {
    const all = explorable.unpack(data.weights), pictures = {};
    for (const name of data.names) pictures[name] = await readPicture(data.pictures[name]);
    const colours = explorable.unpack(data.colours);

    /** Everything that the state decides, as numbers. */
    const compute = (state) => {
      const shown = pictures[state.picture], asked = data.names.indexOf(state.asked);
      const used = state.other ? 1 - asked : asked, seen = state.pooled ? shown.afterPool : shown.whole;
      const columns = data.names.map((_, c) => Float64Array.from({ length: CHANNELS }, (_, k) =>
        all[c * CHANNELS + k] + (state.vector / 100) * shown.vector[k]));
      const logits = columns.map((weights, c) => dot(weights, shown.whole.means) + data.bias[c]);
      const order = sorted(columns[used], seen.means);
      const bias = state.nobias ? 0 : data.bias[used];
      const left = residuals(logits[asked] - bias, order, columns[used], seen.means);
      return { shown, seen, asked, logits, order, weights: columns[used], left,
        map: sumOf(order.slice(0, state.maps), columns[used], seen), chances: explorable.softmax(logits) };
    };

    const drawLast = (state, { shown, seen, order, weights }) => {
      const last = order[state.maps - 1], title = part("last-title");
      const values = state.maps ? sumOf([last], weights, seen) : new Float32Array(seen.places);
      const reach = explorable.reach(values) || 1;
      explorable.heat(part("last"), { image: shown.image, values, side: seen.side, colours, low: -reach, high: reach });
      title.textContent = state.maps ?
        `Added last: map ${last}, weight ${explorable.signed(weights[last], 3)}` : "No map was added yet";
      explorable.describe(part("last"), title.textContent);
    };

    const drawChart = (state, { left }) => {
      const reach = explorable.reach(left) || 1, high = (value) => 256 - (240 * value) / reach;
      const chart = part("chart");
      chart.querySelector("polyline").setAttribute("points", left.map((value, n) => `${n},${high(value).toFixed(1)}`).join(" "));
      chart.querySelector("circle").setAttribute("cx", state.maps);
      chart.querySelector("circle").setAttribute("cy", high(left[state.maps]));
      explorable.describe(chart, `The residual begins at ${explorable.signed(left[0])} with no map, is ` +
        `${explorable.signed(left[state.maps])} now, and ends at ${explorable.signed(left[CHANNELS])} with all 512.`);
    };

    const write = (state, { logits, asked, left, chances }) => {
      part("running").textContent = explorable.signed(logits[asked] - left[state.maps], 4);
      part("logit").textContent = explorable.signed(logits[asked], 4);
      part("residual").textContent = explorable.signed(left[state.maps], 4);
      part("cat").textContent = chances[0].toFixed(4);
      part("dog").textContent = chances[1].toFixed(4);
    };

    return (state) => {
      const now = compute(state), reach = explorable.reach(now.map) || 1;
      explorable.heat(part("map"), { image: now.shown.image, values: now.map, side: now.seen.side, colours, low: -reach, high: reach });
      explorable.bar(part("bar"), colours, `${explorable.signed(-reach, 1)}, against`, `${explorable.signed(reach, 1)}, for`);
      drawLast(state, now);
      drawChart(state, now);
      write(state, now);
      const where = state.maps ? `The sum is largest at ${explorable.largestPlace(now.map, now.seen.side)}.` : "";
      explorable.describe(part("map"), `The sum of ${state.maps} weighted maps. ${where}`);
      return `${state.maps} of 512 maps added for ${state.asked}. Residual ${explorable.signed(now.left[state.maps], 4)} ` +
        `of a logit of ${explorable.signed(now.logits[now.asked])}. ${where} ` +
        `Cat ${now.chances[0].toFixed(4)}, dog ${now.chances[1].toFixed(4)}.`;
    };
  };

  explorable.start("build_a_cam", prepare);
}
