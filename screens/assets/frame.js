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

// What Streamlit says by itself, in our words.
const words = JSON.parse(document.getElementById("streamlits-words").textContent);
const ours = (text) => words[document.documentElement.lang]?.[text?.trim()];
const say = (node) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = ours(node.nodeValue);
    if (text && text !== node.nodeValue) node.nodeValue = text;
    return;
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    const text = ours(node.getAttribute?.(name));
    if (text && text !== node.getAttribute(name)) node.setAttribute(name, text);
  }
  node.childNodes.forEach(say);
};
new MutationObserver((changes) => {
  for (const { target, addedNodes, type } of changes) {
    if (type === "childList") addedNodes.forEach(say);
    else say(target);
  }
}).observe(document, {
  attributeFilter: ["aria-label", "placeholder", "title"],
  characterData: true,
  childList: true,
  subtree: true,
});
