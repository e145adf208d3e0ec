// Before the first paint, so that a dark page doesn't flash white. theme.js takes over from here.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("sandbox.theme");
  } catch (_) {
    // A browser that forbids storage: the system's theme.
  }
  var dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
