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
    const text = ours(node.nodeValue);
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

// Who keys paper forms ends each with Enter; the next begins in its first line.
addEventListener("keydown", ({ key, target }) => {
  const sheet = key === "Enter" && target.closest('.st-key-keying_sheet [data-testid="stForm"]');
  if (sheet) setTimeout(() => sheet.querySelector("input").focus());
});
