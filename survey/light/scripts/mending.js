// What is amiss is told before a form is sent: above it, and beside each field, as the server does.
'use strict';

// What must be there, and is not: sentences with the field of each.
function lacking() {
  const without = all => [...all].filter(one => !one.querySelector(':checked'));
  const told = [];
  for (const one of form.querySelectorAll('[data-need]')) {
    const field = one.id ? one : one.querySelector('[id]');
    if (one.value === '' || one.type === 'fieldset' && without([one]).length) {
      told.push([field.id, one.dataset.need]);
    }
  }
  const questions = [...form.querySelectorAll('fieldset')].filter(one => one.querySelector('[name^=a-]'));
  const gaps = knowing ? [] : without(questions);
  if (gaps.length && (gaps.length < questions.length || form.c.value.trim() || form.querySelector('[name=e]:checked'))) {
    const numbers = gaps.map(one => questions.indexOf(one) + 1).join(', ');
    told.push([gaps[0].querySelector('input').id, form.dataset.gaps.replace('{found}', numbers), true]);
  }
  const {most, long} = form.c.dataset;
  const length = [...form.c.value.trim()].length;
  if (length > most) told.push([form.c.id, long.replace('{found}', length.toLocaleString(lang))]);
  return told;
}

// Gives whether anything is amiss.
function amiss() {
  unmark();
  const told = lacking();
  if (!told.length) return;
  complain(told);
  for (const [id, text] of told) mark(byId(id), 'e-' + id.slice(2), text);
  return true;
}

function mark(field, id, text) {
  const group = field.closest('fieldset');
  const marked = group || field;
  const error = document.createElement('div');
  Object.assign(error, {id, className: 'error'});
  error.appendChild(document.createElement('p')).textContent = text;
  (group ? group.querySelector('legend') : field.closest('p')).after(error);
  const hint = marked.getAttribute('aria-describedby');
  marked.setAttribute('aria-describedby', hint ? hint + ' ' + id : id);
  marked.setAttribute('aria-invalid', 'true');
  if (group) group.setAttribute('role', 'radiogroup');
}

// Also of what the server found wrong: the next try tells anew what still is.
function unmark() {
  document.title = document.title.replace(form.dataset.mend, '');
  for (const one of form.querySelectorAll('.error')) one.remove();
  for (const one of form.querySelectorAll('[aria-invalid]')) {
    const hints = one.getAttribute('aria-describedby').split(' ').filter(id => byId(id));
    one.removeAttribute('aria-describedby');
    if (hints.length) one.setAttribute('aria-describedby', hints.join(' '));
    one.removeAttribute('aria-invalid');
    one.removeAttribute('role');
  }
}
