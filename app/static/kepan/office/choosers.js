// Choosers: selects with a search of their own (select2, a plugin of jQuery).
import {onContent, onLeave} from '../shared/content.js';
import {isPhone} from './dom.js';
import {text} from './text.js';

const $ = window.jQuery;
const LANGUAGE = {
  noResults: () => text.no_results,
  searching: () => text.searching,
  errorLoading: () => text.load_failed,
  loadingMore: () => text.load_more,
  removeAllItems: () => text.clear,
  removeItem: () => text.clear,
};
const SHARED_ATTRIBUTES = ['aria-describedby', 'aria-invalid', 'aria-required'];

function remoteOptions(address) {
  return {
    url: address,
    dataType: 'json',
    delay: 250,
    cache: true,
    data: (wanted) => ({q: wanted.term || '', page: wanted.page || 1}),
    processResults: (found) => ({
      results: found.results || [],
      pagination: found.pagination || {more: false},
    }),
  };
}

function optionsFor(select, blank) {
  const {remote, placeholder} = select.dataset;
  const mayBeEmpty = 'clear' in select.dataset || !select.getAttribute('aria-required');
  const options = {
    theme: 'bootstrap',
    width: '100%',
    minimumResultsForSearch: remote ? 0 : 8,
    language: LANGUAGE,
    closeOnSelect: !select.multiple,
    allowClear: Boolean(blank) && mayBeEmpty,
    placeholder: {id: '', text: (blank && blank.textContent.trim()) || placeholder || text.choose},
  };
  if (remote) options.ajax = remoteOptions(remote);
  return options;
}

/** What select2 draws beside the select is named and described as the select is. */
function describe(select) {
  const label = document.querySelector(`label[for="${select.id}"]`);
  if (!label) return;
  select.nextElementSibling.querySelectorAll('[role=combobox], .select2-search__field').forEach((drawn) => {
    const value = drawn.getAttribute('aria-labelledby');
    drawn.setAttribute('aria-labelledby', label.id + (value ? ` ${value}` : ''));
    SHARED_ATTRIBUTES.forEach((name) => {
      if (select.getAttribute(name)) drawn.setAttribute(name, select.getAttribute(name));
    });
  });
}

function start(select) {
  if (isChooser(select)) return;
  const blank = Array.from(select.options).find((option) => option.value === '');
  if (isPhone() && !select.dataset.remote && !select.multiple) {
    // the phone's own chooser is better
    if (blank && !blank.textContent.trim()) blank.textContent = select.dataset.placeholder || text.choose;
    return;
  }
  $(select).select2(optionsFor(select, blank));
  describe(select);
  // jQuery's "change" is no event of the browser
  $(select).on('change', () => select.dispatchEvent(new CustomEvent('kepan:change', {bubbles: true})));
}

export function isChooser(element) {
  return Boolean($(element).data('select2'));
}

export function focusChooser(select) {
  $(select).select2('focus');
}

onContent((root) => root.querySelectorAll('select.js-s2').forEach(start));
// An open list lies on the page, beside what is taken away.
onLeave((root) => {
  $(root)
    .find('select.js-s2')
    .filter((at, select) => isChooser(select))
    .select2('destroy');
});
$(document).on('select2:open', () => {
  const field = document.querySelector('.select2-container--open .select2-dropdown .select2-search__field');
  if (field) field.focus();
});
// Taking a choice back does not open the list.
$(document).on('select2:unselecting', (event) => $(event.target).data('kepanUnselect', true));
$(document).on('select2:opening', (event) => {
  if (!$(event.target).data('kepanUnselect')) return;
  $(event.target).removeData('kepanUnselect');
  event.preventDefault();
});
