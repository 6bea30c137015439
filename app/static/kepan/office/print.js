// The button that prints the page.
import {onEvent} from './dom.js';

onEvent('click', '[data-print]', () => window.print());
