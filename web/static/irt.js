/* What the pages do beyond plain forms: scanning, keys, focus after a swap, the idle warning.
   Every page works without this file. No inline code, no evaluation, nothing stored but one preference. */
"use strict";

(() => {
  const BURST_MS = 30;          // a scanner types faster than any person
  const BURST_LENGTH = 4;
  const SHORTCUT_WAIT_MS = 60;  // longer than a burst's gap: a scan's letters are never taken for shortcuts
  const CHORD_MS = 1500;
  const WARN_MS = 2 * 60 * 1000;
  const OPEN_MENUS = "details:is(.irt-menu, .irt-more)[open]";
  const SHORTCUTS_KEY = "irt.shortcuts";
  const PLACES = { w: "/worklist", s: "/subjects", k: "/stock", h: "/shipments" };

  const byId = (id) => document.getElementById(id);
  const scanField = () => byId("scan");
  const isTyping = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox]):not([type=radio])"));
  const isPassword = (element) => element instanceof HTMLInputElement && element.type === "password";
  const alarm = (words) => {
    const place = byId("alert");
    if (!place) return;
    place.textContent = words;
    place.classList.remove("visually-hidden");
  };
  const announce = (words) => { const place = byId("announce"); if (place) place.textContent = words; };

  /* -- scanner: a burst of keys goes to the scan field wherever the focus is ----------------- */
  let burst = { text: "", last: 0, field: null, before: "" };

  function startBurst(event) {
    const field = isTyping(event.target) && "value" in event.target ? event.target : null;
    burst = { text: "", last: 0, field, before: field ? field.value : "" };
  }

  function endBurst(event) {
    const code = burst.text;
    const field = burst.field;
    const before = burst.before;
    const quick = event.timeStamp - burst.last < BURST_MS && code.length >= BURST_LENGTH;
    burst = { text: "", last: 0, field: null, before: "" };
    const scan = scanField();
    // A burst that began before the focus reached the scan field left only its end there: the whole code is sent.
    if (!quick || !scan || field === scan || isPassword(event.target)) return false;
    if (field) field.value = before;
    submitScan(code);
    return true;
  }

  function submitScan(code) {
    const scan = scanField();
    scan.value = code;
    scan.focus();
    scan.form.requestSubmit();
  }

  function watchBurst(event) {
    if (isPassword(event.target)) return false;
    if (event.key === "Enter" || event.key === "Tab") return endBurst(event);
    const separator = event.ctrlKey && event.key === "]";  // how scanners send the GS1 group separator
    if (event.key.length !== 1 || ((event.ctrlKey || event.metaKey || event.altKey) && !separator)) return false;
    if (event.timeStamp - burst.last >= BURST_MS) startBurst(event);
    burst.text += separator ? "\u001d" : event.key;
    burst.last = event.timeStamp;
    return separator;
  }

  /* -- single keys: asleep in text fields, switched off on request --------------------------- */
  let waiting = 0;
  let chordUntil = 0;

  const shortcutsOn = () => { try { return localStorage.getItem(SHORTCUTS_KEY) !== "off"; } catch { return true; } };

  function follow(selector) {
    const link = document.querySelector(selector);
    if (link) link.click();
  }

  function pressed(key) {
    if (chordUntil > performance.now() && PLACES[key]) {
      const link = document.querySelector(`.irt-nav a[href^="${PLACES[key]}"]`);
      if (link) link.click();
      chordUntil = 0;
      return;
    }
    if (key === "g") chordUntil = performance.now() + CHORD_MS;
    else if (key === "/" && scanField()) scanField().focus();
    else if (key === "[") follow("a[rel=prev]");
    else if (key === "]") follow("a[rel=next]");
    else if (key === "?") openDialog("irt-keys");
  }

  function watchShortcut(event) {
    clearTimeout(waiting);
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (isTyping(event.target) || !shortcutsOn()) return;
    if (event.key === "/") event.preventDefault();
    waiting = setTimeout(pressed, SHORTCUT_WAIT_MS, event.key);
  }

  function escape() {
    const menu = document.querySelector(OPEN_MENUS);
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (scanField()) { scanField().value = ""; scanField().focus(); }
  }

  document.addEventListener("keydown", (event) => {
    if (watchBurst(event)) { event.preventDefault(); event.stopPropagation(); clearTimeout(waiting); return; }
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) escape();
    else watchShortcut(event);
  }, true);

  /* -- dialogs and menus ---------------------------------------------------------------------- */
  function openDialog(id) {
    const dialog = byId(id);
    if (dialog && !dialog.open) dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-irt-open]");
    if (opener) openDialog(opener.dataset.irtOpen);
    for (const menu of document.querySelectorAll(OPEN_MENUS)) {
      if (!menu.contains(event.target) || opener) menu.open = false;
    }
  });

  /* -- forms: a button that cannot work yet says why; a sent form is sent once ---------------- */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      event.stopPropagation();
      const reason = byId(button.getAttribute("aria-describedby"));
      announce("");
      setTimeout(announce, 50, reason ? reason.textContent : "");
      return;
    }
    if (button && event.target.method === "post") setTimeout(() => button.setAttribute("aria-busy", "true"));
  }, true);

  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[aria-disabled=true]:not([form]), button[aria-busy=true]");
    if (button && (button.type !== "submit" || !button.form || button.hasAttribute("aria-busy"))) event.preventDefault();
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-irt-submit-on-change]")) event.target.form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    const wanted = event.target.dataset.irtSubmitAt;
    if (wanted && new RegExp(`^\\d{${wanted}}$`).test(event.target.value)) event.target.form.requestSubmit();
  });

  /* -- after a swap: the focus stays, or goes to the heading of what came instead ------------- */
  document.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that is a whole page (a sign-in, a refusal) replaces the page's content, not the part asked for.
    const answer = event.detail.xhr.responseText;
    if (!/^\s*<!doctype/i.test(answer)) return;
    event.detail.shouldSwap = answer.includes('id="main"');
    event.detail.target = byId("main");
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML";
    if (!event.detail.shouldSwap) alarm("We could not finish this. Nothing was booked. Try again; a second try cannot book twice.");
  });

  // What a page asks by itself, as for new tasks, neither dims anything nor counts as work.
  const byItself = (event) => event.detail.elt.matches("[data-irt-background]");

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!byItself(event)) event.detail.target.setAttribute("aria-busy", "true");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (byItself(event)) return;
    event.detail.target.removeAttribute("aria-busy");
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
    touched();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    const asked = event.detail.requestConfig && event.detail.requestConfig.verb === "post";
    const wanted = asked && part.querySelector("[autofocus]");
    const lost = !document.activeElement || document.activeElement === document.body;
    const onward = asked && part.querySelector("[data-irt-onward]");
    if (wanted) wanted.focus();
    else if (onward) byId(onward.dataset.irtOnward).focus();
    else if (lost) (part.querySelector("h1[tabindex], h2[tabindex]") || byId("main")).focus();
  });

  document.addEventListener("htmx:sendError", () =>
    alarm("There is no answer. Try again: a second try cannot book twice."));

  /* -- idle: a warning two minutes before the sign-out ---------------------------------------- */
  const idleMs = Number(document.body.dataset.idleMinutes || 0) * 60 * 1000;
  let signOutAt = 0;

  function touched() { if (idleMs) signOutAt = Date.now() + idleMs; }

  function countDown() {
    const left = signOutAt - Date.now();
    const dialog = byId("irt-idle");
    if (left <= 0) { location.reload(); return; }
    if (left > WARN_MS) { if (dialog.open) dialog.close(); return; }
    openDialog("irt-idle");
    const seconds = Math.ceil(left / 1000);
    byId("irt-idle-left").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds === 120 || seconds === 30) announce(`${seconds} seconds until you are signed out.`);
  }

  async function keepSession(event) {
    if (!event.target.matches("[data-irt-keep]")) return;
    event.preventDefault();
    const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target), redirect: "error" })
      .catch(() => null);
    if (answer && answer.ok) touched();
    else location.reload();
  }

  if (idleMs > WARN_MS && byId("irt-idle")) {
    touched();
    setInterval(countDown, 1000);
    document.addEventListener("submit", keepSession);
  }

  /* -- camera: the browser's own detector, else a photo for the server to read ---------------- */
  async function scanWithCamera() {
    const dialog = byId("irt-camera");
    const video = dialog.querySelector("video");
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const detector = new BarcodeDetector({ formats: ["data_matrix", "qr_code", "code_128"] });
    const stop = () => stream.getTracks().forEach((track) => track.stop());
    dialog.addEventListener("close", stop, { once: true });
    video.srcObject = stream;
    await video.play();
    dialog.showModal();
    while (dialog.open) {
      const [found] = await detector.detect(video).catch(() => []);
      if (found) { dialog.close(); submitScan(found.rawValue); return; }
      await new Promise((next) => setTimeout(next, 120));
    }
  }

  function photo() {
    const place = document.querySelector("[data-irt-photo]");
    if (!place) return;
    place.open = true;
    place.querySelector("input[type=file]").click();
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-irt-camera]")) return;
    if ("BarcodeDetector" in window && navigator.mediaDevices) scanWithCamera().catch(photo);
    else photo();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-irt-photo] input[type=file]") && event.target.files.length) event.target.form.requestSubmit();
  });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-irt-print]")) print(); });

  /* -- a scan that finds a row of this page: the focus goes to its first field ----------------- */
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-irt-finds]")) return;
    const code = scanField().value.replace(/\s/g, "");
    const row = [...document.querySelectorAll("[data-irt-kit]")].find((each) => code.includes(each.dataset.irtKit));
    if (!row) return;
    event.preventDefault();
    scanField().value = "";
    row.querySelector("input, select").focus();
  });

  /* -- what only makes sense with this script ------------------------------------------------- */
  function reveal() {
    for (const hidden of document.querySelectorAll("[data-irt-camera][hidden], [data-irt-needs-script][hidden]")) hidden.hidden = false;
  }

  const choice = byId("irt-keys-on");
  if (choice) {
    choice.checked = shortcutsOn();
    choice.addEventListener("change", () => {
      try { localStorage.setItem(SHORTCUTS_KEY, choice.checked ? "on" : "off"); } catch { /* a private window forgets it */ }
    });
  }
  reveal();
  document.addEventListener("htmx:afterSettle", reveal);
})();
