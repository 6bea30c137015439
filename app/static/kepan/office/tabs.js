// Tabs of a record: loaded when first shown, moved with the arrow keys, kept in the address.
import {onContent} from '../shared/content.js';
import {onEvent} from './dom.js';
import {loadInto} from './fragments.js';

function keepInAddress(tab, isFirst) {
  const {pathname, search} = window.location;
  window.history.replaceState(window.history.state, '', isFirst ? pathname + search : tab.getAttribute('href'));
}

function show(tabs, chosen) {
  tabs.forEach((tab) => {
    const isChosen = tab === chosen;
    const pane = document.getElementById(tab.getAttribute('aria-controls'));
    tab.classList.toggle('active', isChosen);
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    pane.hidden = !isChosen;
    pane.classList.toggle('active', isChosen);
    if (isChosen && pane.dataset.load && !pane.dataset.state) loadInto(pane, pane.dataset.load);
  });
  chosen.hidden = false;
  chosen.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

function tabsOf(box) {
  return Array.from(box.querySelectorAll('[role=tab]'));
}

function chooseByHash(box) {
  const tabs = tabsOf(box);
  const tab = tabs.find((one) => one.getAttribute('href') === window.location.hash);
  if (tab) show(tabs, tab);
}

function start(box) {
  const tabs = tabsOf(box);
  const choose = (tab) => {
    show(tabs, tab);
    keepInAddress(tab, tab === tabs[0]);
  };
  box.addEventListener('click', (event) => {
    const tab = event.target.closest('[role=tab]');
    if (!tab) return;
    event.preventDefault();
    choose(tab);
  });
  box.addEventListener('keydown', (event) => {
    const shown = tabs.filter((one) => !one.hidden);
    const at = shown.indexOf(event.target);
    const goal = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: shown.length - 1}[event.key];
    if (at < 0 || goal === undefined) return;
    event.preventDefault();
    const tab = shown[(goal + shown.length) % shown.length];
    choose(tab);
    tab.focus();
  });
  chooseByHash(box);
}

onContent((root) => root.querySelectorAll('[data-tabs]').forEach(start));
window.addEventListener('hashchange', () => document.querySelectorAll('[data-tabs]').forEach(chooseByHash));
onEvent('click', '[data-tabs-more]', (event, button) => {
  const isOpen = button.getAttribute('aria-expanded') === 'true';
  button.setAttribute('aria-expanded', String(!isOpen));
  button.parentElement.querySelectorAll('[data-bare]:not(.active)').forEach((tab) => {
    tab.hidden = isOpen;
  });
});
