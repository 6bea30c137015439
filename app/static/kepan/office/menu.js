// The side menu: groups that open, the menu folded on a wide window or laid over a narrow one.
import {onEvent} from './dom.js';
import {remember} from './storage.js';

const root = document.documentElement;

function isWide() {
  return window.innerWidth > 991;
}

function scrollToActive() {
  const active = document.querySelector('.side-nav .active');
  if (!active) return;
  const box = active.closest('.side-nav');
  if (active.offsetTop > box.clientHeight - 60) box.scrollTop = active.offsetTop - box.clientHeight / 2;
}

function markLink(link, isActive) {
  link.classList.toggle('active', isActive);
  if (isActive) link.setAttribute('aria-current', 'page');
  else link.removeAttribute('aria-current');
}

/** Another page is on the screen: its entry is the active one, and the group around it is open. */
export function markEntry(address) {
  document.querySelectorAll('.side-nav a.nav-item').forEach((link) => {
    markLink(link, Boolean(address) && link.getAttribute('href') === address);
  });
  document.querySelectorAll('.side-nav .nav-group').forEach((group) => {
    const isActive = Boolean(group.querySelector('.active'));
    const button = group.querySelector('[data-nav-group]');
    button.classList.toggle('has-active', isActive);
    if (!isActive) return;
    group.classList.add('open');
    button.setAttribute('aria-expanded', 'true');
  });
  scrollToActive();
}

onEvent('click', '[data-nav-group]', (event, button) => {
  const group = button.parentNode;
  if (root.classList.contains('side-mini') && isWide()) {
    root.classList.remove('side-mini');
    remember('side', '');
    group.classList.add('open');
  } else {
    group.classList.toggle('open');
  }
  button.setAttribute('aria-expanded', String(group.classList.contains('open')));
});
onEvent('click', '[data-side-toggle]', () => {
  if (isWide()) remember('side', root.classList.toggle('side-mini') ? 'mini' : '');
  else document.body.classList.toggle('side-open');
});
scrollToActive();
// Nothing moves while the page is drawn first; from the second frame on it may.
requestAnimationFrame(() => requestAnimationFrame(() => root.classList.add('ready')));
