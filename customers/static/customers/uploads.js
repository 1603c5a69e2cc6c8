// While somebody works on an upload, asks every second how it stands; and says before sending what is too large.
"use strict";

(() => {
  const EVERY_MS = 1000;

  async function refresh(shown) {
    const response = await fetch(shown.dataset.busy, { redirect: "error" });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-state]");
    shown.replaceWith(fresh);
    return fresh;
  }

  async function watch(shown) {
    while (shown.dataset.busy) {
      await new Promise((done) => setTimeout(done, EVERY_MS));
      try {
        shown = await refresh(shown);
      } catch {
        // The server restarts, or the upload is gone: the whole page says which.
        setTimeout(() => location.reload(), 5 * EVERY_MS);
        return;
      }
    }
  }

  function checkSize(form) {
    const isTooLarge = () => (form.querySelector("[type=file]").files[0]?.size || 0) > Number(form.dataset.mostBytes);
    const show = () => (form.querySelector("[data-too-large]").hidden = !isTooLarge());
    form.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      show();
      if (isTooLarge()) return event.preventDefault();
      form.querySelector("[data-sending]").hidden = false;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-busy]").forEach(watch);
    document.querySelectorAll("[data-most-bytes]").forEach(checkSize);
  });
})();
