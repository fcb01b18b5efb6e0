// What every page needs: the phone's menu, focus on messages, the CSRF header for htmx, words for screen readers.
"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const english = root.lang === "en";

  function say(text) {
    const place = document.getElementById("said");
    if (place) place.textContent = text;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle]");
    if (!button) return;
    const open = document.getElementById(button.dataset.toggle).classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const button of document.querySelectorAll("[data-toggle][aria-expanded=true]")) {
      button.click();
      button.focus();
    }
  });

  // a form that asks first: <form data-ask="…">
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.ask;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
  });

  document.addEventListener("htmx:beforeRequest", (event) => event.detail.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.target.removeAttribute("aria-busy"));

  // a refusal is a page in the person's language: show it like any answer
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status >= 400 && status < 500) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:sendError", () =>
    say(english ? "The server cannot be reached; nothing was changed on this page" : "连不上服务器，页面内容没有改变"));

  // after a partial swap the eye and the screen reader go to what was said
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.detail.elt.querySelector("[data-focus], .messages, [aria-invalid=true]");
    if (!place) return;
    if (place.tabIndex < 0) place.setAttribute("tabindex", "-1");
    place.focus();
  });

  // printing shows every table twin
  window.addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("figure.chart details")) one.open = true;
  });

  window.guangcheng = Object.freeze({ english, say });
  const first = document.querySelector("main [aria-invalid=true], .messages .error");
  if (first) {
    if (first.matches("li")) first.setAttribute("tabindex", "-1");
    first.focus();
  }
})();
