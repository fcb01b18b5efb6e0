// What every page does beyond plain HTML. Nothing here is needed to get the work done.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const english = root.lang === "en";
  const say = (zh, en) => (english ? en : zh);

  const announce = (words) => {
    const place = document.getElementById("said");
    if (place) place.textContent = words;
  };
  window.guangcheng = { say, announce };

  // htmx sends the form's protection with every request of its own
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
  // a refusal is a page with words: show it instead of dropping it
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    if (status >= 400 && status < 500 && event.detail.xhr.responseText) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  const failed = () => announce(say("没有连上服务器，请稍后再试", "the server did not answer: try again later"));
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle]");
    if (!button) return;
    const target = document.getElementById(button.dataset.toggle);
    if (!target) return;
    const open = target.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const button = document.querySelector('[data-toggle][aria-expanded="true"]');
    if (button) {
      button.click();
      button.focus();
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asked = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (asked && !window.confirm(asked)) {
      event.preventDefault();
      return;
    }
    // the same act is not sent twice by an impatient second click
    if (form.method === "post" && !form.hasAttribute("data-again")) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-submit]");
    if (field?.form) field.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const wrong = document.querySelector('[aria-invalid="true"]') ?? document.querySelector("#messages .error");
    if (!wrong) return;
    if (!wrong.matches("input, select, textarea")) wrong.tabIndex = -1;
    wrong.focus();
  });
})();
