// One question at a time, with its place among all; or all of them on one page.
'use strict';

let steps, byTouch;
let now = 0;

function lay() {
  steps = [...form.querySelectorAll('.step')];
  showReaders();
  if (now < steps.length) show(now);
}

// No ``at``: all of them.
function show(at) {
  now = at;
  const all = at === undefined;
  steps.forEach((one, number) => one.hidden = !all && number !== at);
  for (const one of document.querySelectorAll('.first')) one.hidden = at > 0;
  byId('onward').hidden = all;
  byId('steps').hidden = all;
  byId('back').hidden = !at;
  byId('on').hidden = at === steps.length - 1;
  Object.assign(byId('bar'), {max: steps.length, value: at + 1 || 0});
}

function go(at) {
  if (!steps[at]) return;
  show(at);
  const heading = steps[at].querySelector('legend,label');
  heading.tabIndex = -1;
  heading.focus();
  scrollTo(0, 0);
}

// Ready for the next person, or the next form of an interviewer.
function anew() {
  empty();
  byId('after').hidden = true;
  byId('told').textContent = '';
  form.hidden = false;
  now = 0;
  lay();
  title.focus();
  scrollTo(0, 0);
}

// A link of the summary leads to its field, on whichever step and however folded up.
function lead(event) {
  const link = event.target.closest && event.target.closest('#problems a');
  if (!link) return;
  event.preventDefault();
  const field = byId(link.hash.slice(1));
  const step = steps.findIndex(one => one.contains(field));
  if (now !== undefined) show(Math.max(step, 0));
  const folded = field.closest('details');
  if (folded) folded.open = true;
  field.focus();
  field.scrollIntoView({block: 'center'});
}

const ACTS = {
  back: () => go(now - 1),
  on: () => go(now + 1),
  all: () => { show(); title.focus(); },
  partly: () => knowing = true,
};

document.addEventListener('click', event => {
  // A text in another language stands in an element of its own within the button.
  const button = event.target.closest && event.target.closest('button');
  const act = button && ACTS[button.id];
  if (act) act();
  lead(event);
});
// An answer that was byTouch leads on by itself, as the first step says; arrow keys only choose.
document.addEventListener('pointerdown', () => byTouch = true);
document.addEventListener('keydown', () => byTouch = false);
form.addEventListener('change', event => {
  const at = now;
  if (byTouch && /^a-/.test(event.target.name)) setTimeout(() => now === at && go(at + 1), 250);
});
addEventListener('pageshow', event => {
  if (event.persisted && !form.isConnected) location.reload();
  else if (event.persisted && (tried || !key)) anew();
});

const resumed = resume();
if (!resumed && byId('problems').hidden) prefill();
if (!tried) {
  const since = seen;
  key = byId('problems').hidden ? '' : form.k.value;
  begin();
  seen = since || seen;
}
form.k.value = key;
lay();
if (!byId('problems').hidden) attend();
addEventListener('load', () => setTimeout(() => {
  load(form.dataset.later);
}, 300));
