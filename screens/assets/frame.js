// Where Streamlit answers: it would else look under the page's own path first, in vain.
window.__streamlit = { BACKEND_BASE_URL: location.origin };

// The page's language follows the address (?lang=) and is remembered until the browser closes.
const follow = () => {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked !== "id" && asked !== "en") return;
  document.documentElement.lang = asked;
  document.cookie = `lang=${asked}; path=/; SameSite=Lax`;
};
for (const name of ["pushState", "replaceState"]) {
  const original = history[name];
  history[name] = function (...values) {
    original.apply(this, values);
    follow();
  };
}
addEventListener("popstate", follow);
follow();

// On a small screen the menu covers the page: it starts closed, however it was left last time.
if (innerWidth < 768) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("stSidebarCollapsed")) localStorage.removeItem(key);
  }
}

// There it would also stay open over the page that was just chosen in it.
addEventListener("click", ({ target }) => {
  if (innerWidth < 768 && target.closest('[data-testid="stSidebarNavLink"]'))
    document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
});

// What Streamlit says by itself, in our words; "{}" in a label stands for a name.
const words = JSON.parse(document.getElementById("streamlits-words").textContent);
const spoken = () => words[document.documentElement.lang] ?? {};
const ours = (text) => spoken()[text?.trim()];
const oursAround = (label) => {
  for (const [theirs, own] of Object.entries(spoken())) {
    const [start, end] = theirs.split("{}");
    if (end !== undefined && label?.startsWith(start) && label.endsWith(end))
      return own.replace("{}", () => label.slice(start.length, label.length - end.length));
  }
};
const LABELS = ["aria-label", "aria-roledescription", "aria-valuetext", "placeholder", "title"];
const say = (node) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const loading = node.parentElement?.closest('[data-testid="stFileUploader"]');
    const text = ours(node.nodeValue) ?? (loading && oursAround(node.nodeValue));
    if (text && text !== node.nodeValue) node.nodeValue = text;
    return;
  }
  for (const name of LABELS) {
    const label = node.getAttribute?.(name);
    const text = ours(label) ?? oursAround(label);
    if (text && text !== label) node.setAttribute(name, text);
  }
  node.childNodes.forEach(say);
};
new MutationObserver((changes) => {
  for (const { target, addedNodes, type } of changes) {
    if (type === "childList") addedNodes.forEach(say);
    else say(target);
  }
}).observe(document, {
  attributeFilter: LABELS,
  characterData: true,
  childList: true,
  subtree: true,
});

// The tabs above a screen are links: a landmark of its own that says which page is open.
const mark = () => {
  const tabs = document.querySelector(".st-key-shell_tabs");
  if (!tabs) return;
  tabs.setAttribute("role", "navigation");
  const name = spoken()["App pages"];
  if (name && tabs.getAttribute("aria-label") !== name) tabs.setAttribute("aria-label", name);
  for (const link of tabs.querySelectorAll("a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};

// The menu's list has headings between its items, as no list may: it is read as links and headings.
const unlist = () => {
  for (const one of document.querySelectorAll('[data-testid="stSidebarNav"] :is(ul, li)'))
    one.setAttribute("role", "none");
};

// A select box shows one line. What it cuts stands whole below it, see frame.css. Widths are
// rounded each by itself: one pixel cuts nothing.
const tellWhole = () => {
  for (const box of document.querySelectorAll('[data-testid="stSelectbox"]')) {
    const { scrollWidth, clientWidth, value } = box.querySelector("input") ?? {};
    const whole = scrollWidth > clientWidth + 1 ? value : "";
    if ((box.dataset.whole ?? "") !== whole) box.dataset.whole = whole;
  }
};

// A table that is wider than a telephone scrolls: by the keyboard too.
const reach = () => {
  for (const table of document.querySelectorAll('[data-testid="stTable"] table')) {
    const { scrollWidth, clientWidth } = table.parentElement;
    if (scrollWidth > clientWidth) table.parentElement.tabIndex = 0;
    else table.parentElement.removeAttribute("tabindex");
  }
};

let drawn = false;
const draw = () => {
  if (drawn) return;
  drawn = true;
  requestAnimationFrame(() => {
    drawn = false;
    mark();
    unlist();
    tellWhole();
    reach();
  });
};
new MutationObserver(draw).observe(document, {
  attributeFilter: ["value"],
  childList: true,
  subtree: true,
});
addEventListener("resize", draw);

// Who keys paper forms ends each with Enter; the next begins in its first line.
addEventListener("keydown", ({ key, target }) => {
  const sheet = key === "Enter" && target.closest('.st-key-keying_sheet [data-testid="stForm"]');
  if (sheet) setTimeout(() => sheet.querySelector("input").focus());
});
