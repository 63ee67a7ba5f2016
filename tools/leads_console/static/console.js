// Shows new rows as they come, opens a lead beside the list, and takes keys. Without it, every page works by its links.
"use strict";

const SECONDS_BETWEEN_LOOKS = 1.2;
const SECONDS_WHEN_HIDDEN = 15;
const MOST_SECONDS_WHEN_AWAY = 4;
const MOST_ROWS = 200;

const rows = document.getElementById("rows");
const pane = document.getElementById("lead");
const live = document.getElementById("live");

// --- Times

function ago(ms) {
  const seconds = (Date.now() - ms) / 1000;
  if (seconds < -60 || seconds >= 7 * 86400) return null;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

function refreshTimes() {
  for (const time of document.querySelectorAll("time[data-ms]")) {
    time.textContent = ago(Number(time.dataset.ms)) ?? time.textContent;
  }
}

setInterval(refreshTimes, 10_000);

// --- Announcements to screen readers

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

function showState(kind, text) {
  if (!live) return;
  live.hidden = false;
  if (live.textContent === text) return;
  live.className = `live ${kind}`;
  live.textContent = text;
}

// --- Commands to copy

function offerCopying(within) {
  for (const button of within.querySelectorAll("button.copy[hidden]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
      button.textContent = "Copied";
      announce("Copied");
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
  }
}

offerCopying(document);

// --- New rows

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

function insert(row) {
  const next = [...rows.children].find((other) => other.dataset.id < row.dataset.id);
  if (!next && rows.children.length && older() && !older().hidden) return false; // it belongs to an older page
  rows.insertBefore(row, next ?? null);
  row.classList.add("new");
  return true;
}

function older() {
  return document.getElementById("older");
}

function dropOldest() {
  while (rows.children.length > MOST_ROWS) rows.lastElementChild.remove();
  if (rows.children.length < MOST_ROWS || !older()) return;
  const address = new URL(older().href);
  address.searchParams.set("before", rows.lastElementChild.dataset.id);
  older().href = address;
  older().hidden = false;
}

function take(list) {
  const added = [...list.children]
    .reverse()
    .filter((row) => !document.getElementById(row.id))
    .filter(insert);
  Object.assign(rows.dataset, list.dataset);
  if (!added.length) return;
  document.getElementById("empty")?.remove();
  dropOldest();
  const names = added.slice(-3).map((row) => row.querySelector("bdi, em").textContent.slice(0, 80));
  announce(`${added.length} new: ${names.reverse().join(", ")}`);
}

async function look() {
  const address = new URL(rows.dataset.poll, location.href);
  for (const name of ["after", "activity"]) {
    if (rows.dataset[name]) address.searchParams.set(name, rows.dataset[name]);
  }
  const response = await fetch(address, { signal: AbortSignal.timeout(15_000) });
  if (response.status === 200) {
    const page = parsed(await response.text());
    take(page.querySelector("ol") ?? page.body);
  }
  return response.status;
}

async function follow() {
  let pause = SECONDS_BETWEEN_LOOKS;
  for (;;) {
    const hidden = document.hidden ? SECONDS_WHEN_HIDDEN : 0;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000 * Math.max(pause, hidden));
      document.addEventListener("visibilitychange", () => (clearTimeout(timer), resolve()), { once: true });
    });
    let status;
    try {
      status = await look();
    } catch {
      status = 0;
    }
    if (status === 200 || status === 204) {
      pause = SECONDS_BETWEEN_LOOKS;
      if (rows.dataset.gap) showState("away", "More came in than fit here: reload");
      else showState("on", "Live");
    } else if (status === 404) {
      return showState("off", "This workspace is no longer there");
    } else if (status === 403) {
      return showState("off", "Locked: open the link that the console printed");
    } else {
      pause = Math.min(2 * pause, MOST_SECONDS_WHEN_AWAY);
      const who = status ? "The database" : "The console";
      showState("away", `${who} does not answer. Trying again…`);
    }
  }
}

if (rows?.dataset.poll) {
  showState("on", "Live");
  follow();
}

// --- A page that failed is tried again

async function retry() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    try {
      const response = await fetch(location.href, { method: "HEAD", signal: AbortSignal.timeout(15_000) });
      if (response.status < 500) return location.reload();
    } catch {
      // The console is unavailable, and may come back.
    }
  }
}

if (document.querySelector("[data-retry]")) retry();

// --- A lead beside the list

function markCurrent(id) {
  for (const link of rows.querySelectorAll("[aria-current]")) link.removeAttribute("aria-current");
  document.getElementById(`lead-${id}`)?.querySelector("a").setAttribute("aria-current", "true");
}

async function open(link) {
  const response = await fetch(link.dataset.part);
  if (!response.ok) return location.assign(link.href);
  const part = parsed(await response.text());
  pane.replaceChildren(...part.body.childNodes);
  pane.scrollTop = 0;
  pane.parentElement.classList.add("has-lead");
  offerCopying(pane);
  markCurrent(link.parentElement.dataset.id);
  history.pushState(null, "", link.href);
  pane.querySelector("h2").focus({ preventScroll: matchMedia("(min-width: 60rem)").matches });
}

function close(back) {
  const row = rows.querySelector("[aria-current]");
  pane.replaceChildren(document.getElementById("quiet").content.cloneNode(true));
  pane.parentElement.classList.remove("has-lead");
  markCurrent(null);
  history.pushState(null, "", back.href);
  row?.focus();
}

function isPlain(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

if (rows && pane) {
  rows.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    open(link).catch(() => location.assign(link.href));
  });
  pane.addEventListener("click", (event) => {
    const back = event.target.closest("a.back");
    if (!back || !isPlain(event)) return;
    event.preventDefault();
    close(back);
  });
  addEventListener("popstate", () => location.reload());
}

// --- Keys

function move(by) {
  const links = [...rows.querySelectorAll("li > a, summary")];
  const focused = links.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute("aria-current"));
  links[Math.min(Math.max(from + by, 0), links.length - 1)]?.focus();
}

addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape") {
    if (typing) typing.blur();
    else document.querySelector("#lead .back")?.click();
    return;
  }
  if (typing) return;
  const inList = rows?.contains(event.target);
  const step = { j: 1, k: -1, ArrowDown: inList ? 1 : 0, ArrowUp: inList ? -1 : 0 }[event.key];
  if (step && rows) move(step);
  else if (event.key === "/") document.querySelector("form[role=search] input")?.focus();
  else return;
  event.preventDefault();
});

// --- A URL has only what limits anything

document.querySelector("form.search")?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
