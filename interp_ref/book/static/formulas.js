// MathJax has two megabytes: it is asked for when the page can be used already.
const here = document.currentScript.src;

addEventListener("DOMContentLoaded", () => {
  const script = document.createElement("script");
  script.src = new URL("mathjax.js", here);
  document.head.append(script);
});
