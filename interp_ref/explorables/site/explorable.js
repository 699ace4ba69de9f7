// What the explorables share: data from beside the page, state in the address, maps on a canvas, words.
// Scripts and no modules, and data as a script: a page opened from a disk may load neither a module nor JSON.
"use strict";

const explorable = { received: {}, VERSION: "1", PAUSE: 350 };
// Inside a notebook's output a page has no address of its own that could hold its state.
const ADDRESSED = location.protocol !== "about:";

/** Called by a data script; what never arrives whole never gets here. */
explorable.receive = (name, data) => { explorable.received[name] = data; };

/** What may be wrong with data, as against a mistake of a script. */
explorable.damage = (words) => Object.assign(new Error(words), { expected: true });

/** Packed numbers as a Float32Array; throws where some are missing. */
explorable.unpack = ({ shape, bits, low, step, data }) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const count = shape.reduce((product, side) => product * side, 1);
  if (bytes.length !== (count * bits) / 8) throw explorable.damage("cut short");
  const numbers = bits === 8 ? bytes : new Uint16Array(bytes.buffer);
  return Float32Array.from(numbers, (number) => low + step * number);
};

/** The picture at an address, once it can be drawn; null where there is none. */
explorable.picture = async (address) => {
  if (!address) return null;
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
};

/**
 * Brings one explorable to life. `prepare(data, part)` may be async and returns `draw(state)`, which draws
 * and returns a sentence that says what is to be seen. `part("map")` is the element with data-part="map".
 */
explorable.start = (name, prepare) => {
  const box = document.querySelector(`[data-explorable="${name}"]`);
  const stage = box.querySelector(".stage"), open = box.querySelector("button.open");
  if (open) waitForGuess(box, stage, open);
  return load(name, box.dataset.source)
    .then((data) => prepare(data, (part) => stage.querySelector(`[data-part="${part}"]`)))
    .then((draw) => connect(box, stage, draw))
    .catch((error) => {
      stage.querySelectorAll("input, select, button").forEach((one) => { one.disabled = true; });
      trouble(box, "The data of this page are missing or cut short, so nothing can be shown here. " +
        "Load the page again, or build the book again with `interp book`. The text and the lesson are whole.");
      if (!error.expected) throw error;
    });
};

/** The stage opens after a guess, or without one; on a reader's own data nothing is asked. */
function waitForGuess(box, stage, open) {
  const show = () => { stage.hidden = false; open.hidden = true; };
  open.hidden = false;
  open.addEventListener("click", () => { show(); stage.querySelector("input, select").focus(); });
  box.querySelector("form.predict").addEventListener("change", show);
}

function load(name, source) {
  if (name in explorable.received) return Promise.resolve(explorable.received[name]);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onerror = () => reject(explorable.damage("missing"));
    script.onload = () =>
      name in explorable.received ? resolve(explorable.received[name]) : reject(explorable.damage("cut short"));
    document.head.append(script);
  });
}

function trouble(box, words) {
  const place = box.querySelector(".trouble");
  place.textContent = words;
  place.hidden = !words;
}

/** Controls to state, state to picture, words and address; and an address back to the controls. */
function connect(box, stage, draw) {
  const form = stage.querySelector("form.controls");
  const redraw = () => {
    const words = draw(state(form));
    form.querySelectorAll("output").forEach((one) => { one.textContent = said(form.elements[one.htmlFor]); });
    clearTimeout(box.waiting);
    // A screen reader and the address wait until the hand rests.
    box.waiting = setTimeout(() => { stage.querySelector(".words").textContent = words; }, explorable.PAUSE);
  };
  const soon = () => { box.frame ??= requestAnimationFrame(() => { box.frame = null; redraw(); }); };
  const changed = () => {
    soon();
    clearTimeout(box.writing);
    if (ADDRESSED) box.writing = setTimeout(() => history.replaceState(null, "", address(form)), explorable.PAUSE);
  };
  const arrive = () => { trouble(box, read(form, location.hash)); redraw(); };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", changed);
  form.addEventListener("reset", () => setTimeout(changed));
  addEventListener("hashchange", arrive);
  arrive();
}

const named = (form) => [...new Set([...form.elements].map((one) => one.name).filter(Boolean))];

/** What the controls say: a number for a slider, true or false for a box, else the value. */
function state(form) {
  return Object.fromEntries(named(form).map((name) => {
    const control = form.elements[name];
    if (control.type === "checkbox") return [name, control.checked];
    return [name, control.type === "range" ? Number(control.value) : control.value];
  }));
}

function said(control) {
  return control.dataset.words ? control.dataset.words.split("|")[control.value - control.min] : control.value;
}

function address(form) {
  const values = Object.entries(state(form)).map(([name, value]) => [name, String(value)]);
  return `#${new URLSearchParams([["v", explorable.VERSION], ...values])}`;
}

/** Puts an address into the controls; where it does not fit them, the defaults, and a sentence about it. */
function read(form, hash) {
  const asked = new URLSearchParams(hash.slice(1)), version = asked.get("v");
  if (version === null) return ""; // a heading of the page, or nothing
  asked.delete("v");
  form.reset();
  if (version !== explorable.VERSION) {
    return `This link is from version ${version.slice(0, 9)} of this page, which is now at version ` +
      `${explorable.VERSION}: you see the defaults.`;
  }
  for (const [name, value] of asked) {
    if (put(form.elements[name], value)) continue;
    form.reset();
    return `This link asks for ${name.slice(0, 19)}=${value.slice(0, 19)}, which this page does not have: ` +
      "you see the defaults.";
  }
  return "";
}

function put(control, value) {
  if (!control || control instanceof HTMLButtonElement) return false;
  if (control.type === "checkbox") {
    control.checked = value === "true";
    return ["true", "false"].includes(value);
  }
  control.value = value; // a slider moves a value that it does not have to one that it has
  return control.value === value && value !== "";
}

/**
 * A map over a picture. values: row by row, `side` a row; low, high: what the ends of the colours stand for.
 * Each place is one square of one colour: nothing is interpolated.
 */
explorable.heat = (canvas, { image, values, side, colours, low, high, alpha = 0.65 }) => {
  const context = canvas.getContext("2d"), { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (image) context.drawImage(image, 0, 0, width, height);
  const cells = explorable.cells(values, side, colours, low, high, image ? Math.round(255 * alpha) : 255);
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, width, height);
};

explorable.cells = (values, side, colours, low, high, alpha) => {
  const cells = document.createElement("canvas");
  [cells.width, cells.height] = [side, values.length / side];
  const pixels = new ImageData(cells.width, cells.height);
  values.forEach((value, place) => {
    const at = high > low ? Math.round((255 * (value - low)) / (high - low)) : 0;
    const colour = 3 * Math.min(255, Math.max(0, at));
    pixels.data.set([colours[colour], colours[colour + 1], colours[colour + 2], alpha], 4 * place);
  });
  cells.getContext("2d").putImageData(pixels, 0, 0);
  return cells;
};

/** A colour bar: a canvas of one row, and the words at its two ends. */
explorable.bar = (place, colours, low, high) => {
  const ramp = Float32Array.from({ length: 256 }, (_, at) => at);
  explorable.heat(place.querySelector("canvas"), { values: ramp, side: 256, colours, low: 0, high: 255 });
  place.querySelector(".low").textContent = low;
  place.querySelector(".high").textContent = high;
};

/** The choices of a group of radio buttons, `{value: words}`, where the data bring their own. */
explorable.choices = (form, name, choices) => {
  const group = form.querySelector(`input[name="${name}"]`).closest("fieldset");
  group.querySelectorAll("label").forEach((one) => one.remove());
  Object.entries(choices).forEach(([value, words], n) => {
    const label = document.createElement("label"), radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name, value, defaultChecked: n === 0 });
    label.append(radio, ` ${words}`);
    group.append(" ", label);
  });
};

/** What a slider's number means, for those who hear it. */
explorable.value = (slider, words) => slider.setAttribute("aria-valuetext", words);

/** A canvas and the words for those who do not see it. */
explorable.describe = (canvas, words) => canvas.setAttribute("aria-label", words);

explorable.signed = (number, digits = 2) => {
  const size = Math.abs(number).toFixed(digits);
  return Number(size) === 0 ? size : `${number < 0 ? "−" : "+"}${size}`;
};

/** "row 3, column 8": where a map is largest. */
explorable.largestPlace = (values, side) => {
  const at = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
  return `row ${Math.floor(at / side) + 1}, column ${(at % side) + 1}`;
};

/** The largest absolute value, for ends of a scale that has 0 in its middle. */
explorable.reach = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

explorable.softmax = (logits) => {
  const most = Math.max(...logits), powers = logits.map((one) => Math.exp(one - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((one) => one / sum);
};
