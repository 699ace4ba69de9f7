// Build a CAM: M_c = sum_k w_kc A_k, one k at a time, and what is left of logit = mean(M_c) + b_c.
"use strict";
{
  /** The maximum of 2 x 2 places, as VGG16's block5_pool takes it: of [512, 196] it makes [512, 49]. */
  const pooled = ({ features, places, side, channels }) => {
    const columns = Math.floor(side / 2), rows = Math.floor(places / side / 2), result = new Float32Array(channels * rows * columns);
    for (let at = 0; at < result.length; at++) {
      const channel = Math.floor(at / (rows * columns)), row = Math.floor(at / columns) % rows, column = at % columns;
      const corner = channel * places + 2 * row * side + 2 * column;
      result[at] = Math.max(...[0, 1, side, side + 1].map((step) => features[corner + step]));
    }
    return measured(result, channels, columns);
  };

  /** Features of one kind with the mean of each map. */
  const measured = (features, channels, side) => {
    const places = features.length / channels;
    const means = Float64Array.from({ length: channels }, (_, k) =>
      features.subarray(k * places, (k + 1) * places).reduce((sum, value) => sum + value, 0) / places);
    return { features, means, places, side, channels };
  };

  const readPicture = async (packed, side) => {
    const features = explorable.unpack(packed.features), [channels, places] = packed.features.shape;
    const whole = measured(features, channels, side ?? Math.sqrt(places));
    return {
      image: await explorable.picture(packed.image),
      vector: explorable.unpack(packed.vector),
      own: packed.own && explorable.unpack(packed.own),
      whole,
      afterPool: pooled(whole),
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

  /** The residual after 0, 1, … all maps: what the chart shows. */
  const residuals = (start, order, weights, means) => {
    let left = start;
    return [left, ...order.map((k) => (left -= weights[k] * means[k]))];
  };

  const prepare = async (data, part) => {
    const all = explorable.unpack(data.weights), pictures = {}, channels = data.weights.shape[1];
    for (const [name, packed] of Object.entries(data.pictures)) pictures[name] = await readPicture(packed, data.side);
    const colours = explorable.unpack(data.colours), slider = part("maps");
    slider.max = channels;
    part("count").textContent = part("last-count").textContent = channels;
    if (data.titles) explorable.choices(slider.form, "picture", data.titles);

    /** Everything that the state decides, as numbers. */
    const compute = (state) => {
      const shown = pictures[state.picture], asked = data.names.indexOf(state.asked);
      const used = state.other ? 1 - asked : asked, seen = state.pooled ? shown.afterPool : shown.whole;
      const columns = data.names.map((_, c) => Float64Array.from({ length: channels }, (_, k) =>
        all[c * channels + k] + (state.vector / 100) * shown.vector[k]));
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
      const along = (n) => (512 * n) / channels;
      const reach = explorable.reach(left) || 1, high = (value) => 256 - (240 * value) / reach;
      const chart = part("chart");
      chart.querySelector("polyline").setAttribute("points", left.map((value, n) => `${along(n)},${high(value).toFixed(1)}`).join(" "));
      chart.querySelector("circle").setAttribute("cx", along(state.maps));
      chart.querySelector("circle").setAttribute("cy", high(left[state.maps]));
      explorable.describe(chart, `The residual begins at ${explorable.signed(left[0])} with no map, is ` +
        `${explorable.signed(left[state.maps])} now, and ends at ${explorable.signed(left[channels])} with all ${channels}.`);
    };

    /** The reader's own map of the asked class, and how far the sum is from it where both have the same places. */
    const drawOwn = (state, { shown, seen, asked, map }) => {
      part("own-figure").hidden = part("own-row").hidden = !shown.own;
      if (!shown.own) return "";
      const { places, side } = shown.whole, values = shown.own.subarray(asked * places, (asked + 1) * places);
      const reach = explorable.reach(values) || 1, same = seen.places === places;
      explorable.heat(part("own"), { image: shown.image, values, side, colours, low: -reach, high: reach });
      explorable.describe(part("own"), `Your map of ${state.asked}, largest at ${explorable.largestPlace(values, side)}.`);
      const apart = explorable.reach(values.map((value, place) => value - map[place]));
      part("difference").textContent = same ? apart.toFixed(2) : "other places";
      return same ? ` Your map is at most ${apart.toFixed(2)} away from the sum.` : "";
    };

    const write = (state, { logits, asked, left, chances }) => {
      part("running").textContent = explorable.signed(logits[asked] - left[state.maps], 4);
      part("logit").textContent = explorable.signed(logits[asked], 4);
      part("residual").textContent = explorable.signed(left[state.maps], 4);
      part("cat").textContent = chances[0].toFixed(4);
      part("dog").textContent = chances[1].toFixed(4);
    };

    return (state) => {
      const now = compute(state), own = drawOwn(state, now), reach = explorable.reach(now.map) || 1;
      explorable.heat(part("map"), { image: now.shown.image, values: now.map, side: now.seen.side, colours, low: -reach, high: reach });
      explorable.bar(part("bar"), colours, `${explorable.signed(-reach, 1)}, against`, `${explorable.signed(reach, 1)}, for`);
      drawLast(state, now);
      drawChart(state, now);
      write(state, now);
      const where = state.maps ? `The sum is largest at ${explorable.largestPlace(now.map, now.seen.side)}.` : "";
      explorable.describe(part("map"), `The sum of ${state.maps} weighted maps. ${where}`);
      return `${state.maps} of ${channels} maps added for ${state.asked}. Residual ${explorable.signed(now.left[state.maps], 4)} ` +
        `of a logit of ${explorable.signed(now.logits[now.asked])}. ${where} ` +
        `Cat ${now.chances[0].toFixed(4)}, dog ${now.chances[1].toFixed(4)}.${own}`;
    };
  };

  explorable.start("build_a_cam", prepare);
}
